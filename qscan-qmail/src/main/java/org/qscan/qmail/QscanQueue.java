package org.qscan.qmail;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.EngineConfig;
import org.qscan.engine.Facts;
import org.qscan.engine.LogLine;
import org.qscan.engine.Outcome;
import org.qscan.engine.ScanEngine;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.ScanSession;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.ConfigurationException;
import org.qscan.engine.config.Key;

/**
 * {@code bin/qscan-queue}: takes the place of qmail-queue, with one process for each message.
 *
 * <p>The message is read once. As it arrives, it goes to the extractors and to the real
 * qmail-queue. The envelope is read only after the verdict, and is passed on or withheld. {@link
 * Decision} chooses the exit code, from those that {@link QueueExit} lists.
 */
public final class QscanQueue {

  private static final String FRONT = "qmail";

  private final QmailConfig config;
  private final ScanEngine engine;
  private final Map<String, String> environment;
  private final InputStream messageIn;
  private final InputStream envelopeIn;

  /** A message is either committed or terminated by a signal, never both. */
  private enum CommitState {
    OPEN,
    COMMITTED,
    TERMINATED
  }

  private final AtomicReference<CommitState> state = new AtomicReference<>(CommitState.OPEN);

  /**
   * A lock that is held while the session is made, so that a signal finds either a complete session
   * or none.
   */
  private final Object birth = new Object();

  private volatile @Nullable ScanSession session;
  private volatile @Nullable QueueProcess queue;

  QscanQueue(
      QmailConfig config,
      ScanEngine engine,
      Map<String, String> environment,
      InputStream messageIn,
      InputStream envelopeIn) {
    this.config = config;
    this.engine = engine;
    this.environment = environment;
    this.messageIn = messageIn;
    this.envelopeIn = envelopeIn;
  }

  /**
   * Runs as qmail-queue does: no arguments, or {@code -c FILE}.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    System.setOut(System.err); // descriptor 1 is an input here
    int code = QueueExit.FAILED.code();
    try {
      code = run(args);
    } catch (Throwable e) { // an Error as well: whatever happens, there is an exit code
      try {
        new Log(false).write("err", "qscan-queue failed: " + LogLine.escape(e.toString(), 500));
      } catch (Throwable again) {
        // Probably there is no memory; the exit code tells enough.
      }
    } finally {
      // Not System.exit: no shutdown hook has anything to do, and it costs milliseconds.
      Runtime.getRuntime().halt(code);
    }
  }

  private static int run(String[] args) {
    Map<String, String> environment = System.getenv();
    if (environment.containsKey(QueueProcess.LOOP)) {
      return refuse("queue.program leads back to qscan-queue: name the real qmail-queue");
    }
    if (args.length != 0 && !(args.length == 2 && args[0].equals("-c"))) {
      return refuse("usage: qscan-queue [-c FILE]");
    }
    try {
      Configuration configuration =
          Configuration.find(
              args.length == 0 ? null : args[1], environment.get(Configuration.ENVIRONMENT));
      configuration.set(Key.CACHE_ENTRIES.text(), "0", "qscan-queue"); // it sees one message
      return run(configuration, environment);
    } catch (ConfigurationException e) {
      return refuse("configuration: " + e.getMessage());
    }
  }

  private static int run(Configuration configuration, Map<String, String> environment) {
    QmailConfig config = QmailConfig.from(configuration);
    ScanEngine engine;
    try {
      engine = ScanEngine.of(EngineConfig.from(configuration));
    } catch (ScanFailure e) {
      return refuse(e.getMessage(), config.exitFailed(), config.syslog());
    }
    engine.onAlarm((begins, sentence) -> alarm(config, begins, sentence));
    QscanQueue front =
        new QscanQueue(
            config,
            engine,
            environment,
            new FileInputStream(FileDescriptor.in),
            // A pipe that is opened for reading, although Java's name for it is another.
            new FileInputStream(FileDescriptor.out));
    Runtime.getRuntime().addShutdownHook(new Thread(front::terminated));
    return front.answer();
  }

  /** Logs an alarm of a scanner. The message's own line tells that the message failed, and why. */
  private static void alarm(QmailConfig config, boolean begins, String sentence) {
    if (begins) { // a process that lives for one message cannot see the end of an alarm
      new Log(config.syslog()).write("err", "ALARM: " + LogLine.escape(sentence, 800));
    }
  }

  /** Refuses the message before there is a configuration. */
  private static int refuse(String reason) {
    return refuse(reason, QueueExit.FAILED.code(), true);
  }

  /** Refuses the message before there is a session. */
  private static int refuse(String reason, int code, boolean syslog) {
    LogLine line =
        new LogLine(
            FRONT, "failed", List.of(), reason, Integer.toString(code), Facts.none(), "", "", 0);
    new Log(syslog).write("err", line.toString());
    return code;
  }

  /**
   * Ends the process at SIGTERM, SIGINT and SIGHUP, with an exit code and without leaving any
   * files.
   */
  private void terminated() {
    if (!state.compareAndSet(CommitState.OPEN, CommitState.TERMINATED)) {
      awaitTermination(); // the main thread ends the process with the real qmail-queue's answer
    } else {
      ScanSession open;
      synchronized (birth) {
        open = session;
      }
      if (open != null) {
        open.close();
      }
      QueueProcess started = queue;
      if (started != null) {
        started.abandon();
      }
      String code = Integer.toString(config.exitFailed());
      LogLine line =
          new LogLine(
              FRONT,
              "failed",
              List.of(),
              "terminated by a signal",
              code,
              open == null ? Facts.none() : Facts.of(open.id()),
              environment.getOrDefault("TCPREMOTEIP", ""),
              "",
              0);
      new Log(config.syslog()).write("err", line.toString());
    }
    Runtime.getRuntime().halt(config.exitFailed());
  }

  /** Waits until the other thread halts the process. */
  private void awaitTermination() {
    try {
      Thread.sleep(config.queueTimeout().toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Handles the message, and returns the exit code. */
  int answer() {
    Answer answer;
    try (ScanSession opened = open()) {
      answer = answer(opened);
    } catch (ScanFailure e) {
      answer = Answer.failed(config.exitFailed(), e.getMessage(), Facts.none(), Envelope.unread());
    }
    if (state.get() == CommitState.TERMINATED) {
      awaitTermination(); // errors since then come only from what the other thread has removed
    }
    try {
      new Log(config.syslog()).write(answer.outcome().priority(), line(answer).toString());
    } catch (Throwable e) {
      // For example, there was no thread for logger(1). The answer stays the same: the message may
      // be queued.
    }
    return answer.code();
  }

  private ScanSession open() throws ScanFailure {
    synchronized (birth) {
      if (state.get() == CommitState.TERMINATED) {
        throw new ScanFailure("terminated by a signal");
      }
      ScanSession opened = engine.open();
      session = opened;
      return opened;
    }
  }

  private Answer answer(ScanSession session) {
    Envelope envelope = Envelope.unread();
    QueueProcess queue = null;
    try {
      queue = QueueProcess.start(config.queueProgram(), config.queueTimeout(), session);
      this.queue = queue;
      session.receive(messageIn);
      if (!queue.isAlive()) {
        int code = queue.early();
        return Answer.failed(
            code,
            "queue.program " + config.queueProgram() + " gave up with exit code " + code,
            session.facts(),
            envelope);
      }
      Outcome outcome = session.scan();
      envelope = isJudged(outcome) ? read(session) : readForLog(session);
      return carryOut(decide(outcome, envelope), outcome, envelope, queue, session);
    } catch (ScanFailure e) {
      return Answer.failed(config.exitFailed(), e.getMessage(), session.facts(), envelope);
    } catch (IOException e) {
      return Answer.failed(
          config.exitFailed(),
          "cannot write the envelope to the session's directory (is the disk full?): " + e,
          session.facts(),
          envelope);
    } finally {
      if (queue != null && state.get() != CommitState.COMMITTED) {
        session.breakOff();
        queue.abandon();
      }
    }
  }

  private static Path envelopeFile(ScanSession session) throws ScanFailure {
    return session.directory().resolve("envelope.read");
  }

  private static boolean isJudged(Outcome outcome) {
    return outcome.match(judged -> true, failed -> false);
  }

  private Envelope read(ScanSession session) throws IOException, ScanFailure {
    return Envelope.read(envelopeIn, envelopeFile(session));
  }

  /**
   * Reads the envelope for the log only. If the disk is full, that must not hide why the scan
   * failed.
   */
  private Envelope readForLog(ScanSession session) {
    try {
      return read(session);
    } catch (IOException | ScanFailure e) {
      return Envelope.unread();
    }
  }

  private Decision decide(Outcome outcome, Envelope envelope) {
    return new Bounces(config.bounceUser()).isBounce(envelope)
        ? Decision.ofBounce(outcome, config.policy(), config.bounceInfected())
        : Decision.of(outcome, config.policy());
  }

  private Answer carryOut(
      Decision decision,
      Outcome outcome,
      Envelope envelope,
      QueueProcess queue,
      ScanSession session)
      throws ScanFailure {
    int code =
        decision.fate() == Decision.Fate.QUEUE ? queue(envelope, queue) : decision.exit(config);
    String reason = decision.reason();
    if (decision.fate() == Decision.Fate.QUEUE && !envelope.isComplete()) {
      reason = envelope.state().inWords();
    }
    return new Answer(code, outcome.with(session.facts()), reason, envelope);
  }

  private int queue(Envelope envelope, QueueProcess queue) throws ScanFailure {
    return switch (envelope.state()) {
      case COMPLETE -> {
        if (!state.compareAndSet(CommitState.OPEN, CommitState.COMMITTED)) {
          throw new ScanFailure("terminated by a signal");
        }
        yield queue.commit(envelope);
      }
      case ADDRESS_TOO_LONG -> QueueExit.ADDRESS_TOO_LONG.code();
      case MALFORMED -> QueueExit.BAD_ENVELOPE.code();
      case BROKEN_OFF, UNFINISHED, UNREAD -> QueueExit.BROKEN_OFF.code();
    };
  }

  /**
   * The answer to the caller, with what the log is told.
   *
   * @param reason why the message failed, or why the answer is not the usual one; else empty
   */
  private record Answer(int code, Outcome outcome, String reason, Envelope envelope) {

    static Answer failed(int code, String reason, Facts facts, Envelope envelope) {
      return new Answer(code, Outcome.failed(reason, facts), reason, envelope);
    }
  }

  private LogLine line(Answer answer) {
    return new LogLine(
        FRONT,
        answer.outcome().word(),
        answer.outcome().threats(),
        answer.reason(),
        Integer.toString(answer.code()),
        answer.outcome().facts(),
        environment.getOrDefault("TCPREMOTEIP", ""),
        answer.envelope().sender(),
        answer.envelope().recipients());
  }
}
