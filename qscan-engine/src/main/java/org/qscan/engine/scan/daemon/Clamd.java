package org.qscan.engine.scan.daemon;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.scan.CanaryWatch;
import org.qscan.engine.scan.EndpointHealth;
import org.qscan.engine.scan.ScanCall;
import org.qscan.engine.scan.ScanInput;
import org.qscan.engine.scan.Tally;
import org.qscan.engine.time.Ticker;

/**
 * ClamAV's clamd: a session a message, in which each file is a command of its own ({@code SCAN} by
 * path, or {@code INSTREAM}), so that each is answered for by itself, and clamd looks at several at
 * a time. {@code CONTSCAN} of the directory would be one command, and passes over in silence what
 * it does not scan; {@code FILDES} needs a descriptor passed, which Java cannot.
 */
final class Clamd implements Protocol {

  /** Commands under way: clamd's own queue (MaxQueue 100) is there for others too. */
  private static final int MOST_UNANSWERED = 8;

  private static final String STREAM = "stream";

  private final DaemonSettings settings;
  private final Ticker ticker;
  private final boolean proportionate;

  /**
   * One that is shown each file of each message.
   *
   * @param ticker its time
   */
  Clamd(DaemonSettings settings, Ticker ticker) {
    this(settings, ticker, false);
  }

  /**
   * One that may be calibrated.
   *
   * @param proportionate whether it is shown plain mail once where it has proved that it reads it
   */
  Clamd(DaemonSettings settings, Ticker ticker, boolean proportionate) {
    this.proportionate = proportionate;
    this.ticker = ticker;
    this.settings = settings;
  }

  /** What is asked of clamd for one file: the answer begins with the subject. */
  private record FileCommand(String subject, Path file) {}

  /**
   * A part was longer than clamd takes, which is the answer for that part. clamd closes the session
   * then; the parts that have no answer yet are asked for in another.
   */
  private static final class StreamTooLong extends IOException {
    private static final long serialVersionUID = 1L;

    private final long since;

    StreamTooLong(long since) {
      this.since = since;
    }
  }

  @Override
  public void scan(
      EndpointAddress address, FileQueries queries, DaemonCanaries canaries, ScanCall call)
      throws IOException {
    StreamTooLong earlier = null;
    while (true) { // each time at least one part has got its answer
      try {
        scan(address, queries, canaries, call, earlier);
        return;
      } catch (StreamTooLong e) {
        earlier = earlier == null ? e : earlier;
      }
    }
  }

  /**
   * In one session.
   *
   * @param earlier what ended the first session of this message: canaries must have been found
   *     since that began
   */
  private void scan(
      EndpointAddress address,
      FileQueries queries,
      DaemonCanaries canaries,
      ScanCall call,
      @Nullable StreamTooLong earlier)
      throws IOException {
    boolean byPath = settings.byPath(address.endpoint().address());
    CanaryWatch watch = canaries.of(address, byPath);
    try (ClamdSession session = ClamdSession.open(address, call)) {
      CanaryWatch.Trial trial = trial(session, address, byPath, canaries);
      long begun = watch.before(trial, call);
      long since = earlier == null ? begun : earlier.since;
      try {
        Round round = new Round(session, address, byPath, queries, canaries, since);
        ProofWatch.Reliance reliance = earlier == null ? rely(round) : null;
        if (reliance == null || !scanAlone(round, reliance)) {
          reliance = null;
          scanAll(round);
        }
        if (canaries.confirms(queries)) {
          watch.after(since, trial, call);
          if (reliance != null && !stillHolds(round, reliance)) {
            scanAll(round); // what it said of the message alone is not believed
            if (canaries.confirms(queries)) {
              watch.after(since, trial, call);
            }
          }
        }
        if (canaries.confirms(queries)) {
          queries.confirmed();
        }
      } finally {
        watch.leave();
      }
      session.send("END");
    }
  }

  /** What the steps of a session have in common. */
  private record Round(
      ClamdSession session,
      EndpointAddress address,
      boolean byPath,
      FileQueries queries,
      DaemonCanaries canaries,
      long since) {}

  /** What a message relies on that is plain, and whose form clamd has proved; else null. */
  private ProofWatch.@Nullable Reliance rely(Round round) {
    ScanInput.Plain plain = proportionate ? round.queries().plain() : null;
    return plain == null
        ? null
        : round.canaries().proofs(round.address(), round.byPath()).rely(plain.form());
  }

  /**
   * Shows the message alone. Whatever is said of it but that it is clean, or that something was
   * found, is not enough: the parts may show more.
   *
   * @return whether that is all that clamd need be shown
   */
  private boolean scanAlone(Round round, ProofWatch.Reliance reliance) throws IOException {
    FileQueries queries = round.queries();
    ScanInput.Plain plain = Objects.requireNonNull(queries.plain());
    queries.showAlone(plain);
    scan(round.session(), round.address(), round.byPath(), queries, round.since());
    if (queries.hasThreats()) {
      return !round.canaries().mayIgnoreFindings();
    }
    if (!queries.saysOnlyClean()) {
      return false;
    }
    if (!reliance.sampled()) {
      return true;
    }
    queries.showAll();
    scan(round.session(), round.address(), round.byPath(), queries, round.since());
    if (queries.hasThreats()) {
      round
          .canaries()
          .proofs(round.address(), round.byPath())
          .revoke(reliance, plain.form(), queries.threats());
    }
    return true;
  }

  private void scanAll(Round round) throws IOException {
    FileQueries queries = round.queries();
    queries.showAll();
    if (queries.wantsState()) {
      queries.stateBefore(askState(round.session(), round.address().endpoint()));
    }
    scan(round.session(), round.address(), round.byPath(), queries, round.since());
    if (queries.wantsState()) {
      queries.stateAfter(askState(round.session(), round.address().endpoint()));
    }
  }

  /** The canary behind the answer has asked for the version as well. */
  private static boolean stillHolds(Round round, ProofWatch.Reliance reliance) throws IOException {
    ProofWatch proofs = round.canaries().proofs(round.address(), round.byPath());
    if (!round.canaries().confirms()) {
      int number = round.session().send("VERSION");
      proofs.saw(answerTo(round.session(), number));
    }
    return proofs.holds(reliance);
  }

  private static String answerTo(ClamdSession session, int number) throws IOException {
    ClamdSession.Response answer = session.answer();
    if (answer.command() != number) {
      throw new ProtocolException("answers another question: " + answer.command());
    }
    return answer.text();
  }

  @Override
  public boolean isCalibrated() {
    return proportionate;
  }

  @Override
  public void calibrate(
      EndpointAddress address, DaemonCanaries canaries, ScanCall call, boolean everywhere) {
    boolean byPath = settings.byPath(address.endpoint().address());
    ProofWatch proofs = canaries.proofs(address, byPath);
    if (!proportionate || !(everywhere || proofs.isDue())) {
      return;
    }
    ProofWatch.Task task = proofs.begin();
    boolean proved = false;
    ClamdSession session = null;
    String why = "";
    try {
      session = ClamdSession.open(address, call);
      CalibrationProof proof = new ClamdCalibration(session, address, byPath, canaries).prove(task);
      proved = call.leavesConnection();
      if (proved) {
        proofs.proved(task, proof, new ClamdWitness(session.connection(), ticker));
      }
    } catch (IOException e) {
      why = String.valueOf(e.getMessage());
    } finally {
      if (!proved) {
        proofs.failed(why.isEmpty() ? "its calibration was broken off" : why);
        if (session != null) {
          session.close();
        }
      }
    }
  }

  /** clamd knows a file by its content, also where it is told the path. */
  @Override
  public boolean goesByNames(EndpointAddress address) {
    return false;
  }

  @Override
  public void tryCanary(EndpointAddress address, DaemonCanaries canaries, ScanCall call)
      throws IOException {
    boolean byPath = settings.byPath(address.endpoint().address());
    try (ClamdSession session = ClamdSession.open(address, call)) {
      canaries.of(address, byPath).now(trial(session, address, byPath, canaries), call);
      session.send("END");
    }
  }

  /** Nothing else may be unanswered in this session. */
  private static CanaryWatch.Trial trial(
      ClamdSession session, EndpointAddress address, boolean byPath, DaemonCanaries canaries) {
    ProofWatch proofs = canaries.proofs(address, byPath);
    if (!byPath) {
      return () -> answersToCanary(session, session.streamCanary(), STREAM, address, proofs);
    }
    return canaries.file(file -> {
      String path = octets(file);
      return answersToCanary(session, session.send("SCAN " + path), path, address, proofs);
    });
  }

  /**
   * Behind the canary, the version: by both, one who relies on what was proved learns whether it
   * still holds. Not both at once: see {@link #askState}.
   *
   * @return null if the canary was found
   */
  private static @Nullable String answersToCanary(
      ClamdSession session, int canary, String subject, EndpointAddress address, ProofWatch proofs)
      throws IOException {
    if (!proofs.isProved()) {
      return saidOfCanary(answerTo(session, canary), subject, address);
    }
    String said = answerTo(session, canary);
    proofs.saw(answerTo(session, session.send("VERSION")));
    return saidOfCanary(said, subject, address);
  }

  /** Null if it was found. */
  private static @Nullable String saidOfCanary(
      String text, String subject, EndpointAddress address) {
    Tally tally = new Tally();
    ClamdAnswer.addTo(tally, subject, text, address.toString());
    return tally.hasThreats() ? null : text;
  }

  /**
   * Nothing else may be unanswered. clamd (1.4.6, {@code session.c}) writes the number of the
   * command and its version in two calls, and another thread of it may write an answer between the
   * two.
   */
  private @Nullable String askState(ClamdSession session, Endpoint endpoint) throws IOException {
    String version = answerTo(session, session.send("VERSION"));
    endpoint.setDataDate(date(version), ticker.nanos());
    return date(version) == null ? null : version;
  }

  private void scan(
      ClamdSession session,
      EndpointAddress address,
      boolean byPath,
      FileQueries queries,
      long since)
      throws IOException {
    Endpoint endpoint = address.endpoint();
    Map<Integer, FileCommand> unanswered = new HashMap<>();
    if (endpoint.isDateDue(ticker.nanos())) {
      askState(session, endpoint);
    }
    for (Path file : queries.unknown()) {
      if (unanswered.size() >= MOST_UNANSWERED) {
        takeAnswer(session, address, unanswered, queries, since);
      }
      if (byPath) {
        String path = octets(file);
        unanswered.put(session.send("SCAN " + path), new FileCommand(path, file));
      } else {
        try (InputStream data = queries.open(file)) {
          unanswered.put(session.nextNumber(), new FileCommand(STREAM, file));
          session.stream(data);
        } catch (SocketTimeoutException e) {
          throw e;
        } catch (IOException e) {
          takeLastAnswers(session, address, unanswered, queries, since);
          throw e;
        }
      }
    }
    while (!unanswered.isEmpty()) {
      takeAnswer(session, address, unanswered, queries, since);
    }
  }

  /** What clamd had said before it closed the session in the middle of a stream. */
  private void takeLastAnswers(
      ClamdSession session,
      EndpointAddress address,
      Map<Integer, FileCommand> unanswered,
      FileQueries queries,
      long since)
      throws StreamTooLong {
    try {
      while (!unanswered.isEmpty()) {
        takeAnswer(session, address, unanswered, queries, since);
      }
    } catch (StreamTooLong e) {
      throw e;
    } catch (IOException e) {
      // It has not said why: what broke the stream is the failure.
    }
  }

  /** A work directory may have a name beyond ASCII; on the wire a character is an octet. */
  private static String octets(Path file) {
    return new String(
        file.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private void takeAnswer(
      ClamdSession session,
      EndpointAddress address,
      Map<Integer, FileCommand> unanswered,
      FileQueries queries,
      long since)
      throws IOException {
    ClamdSession.Response answer = session.answer();
    FileCommand question = unanswered.remove(answer.command());
    if (question == null) {
      throw new ProtocolException("answers twice: " + answer.command() + ": " + answer.text());
    }
    if (answer.text().equals(ClamdAnswer.TOO_LONG) && question.subject().equals(STREAM)) {
      queries
          .of(question.file())
          .limit(
              address
                  + ": a part of "
                  + queries.size(question.file())
                  + " bytes is larger than StreamMaxLength of clamd.conf allows");
      throw new StreamTooLong(since);
    }
    ClamdAnswer.addTo(
        queries.of(question.file()), question.subject(), answer.text(), address.toString());
  }

  /**
   * {@code ClamAV 1.4.6/27500/Mon Nov 17 08:32:11 2026}; without a database of ClamAV's, no date.
   */
  static @Nullable Instant date(String version) {
    int slash = version.lastIndexOf('/');
    return slash < 0 ? null : ScannerDates.ctime(version.substring(slash + 1));
  }

  @Override
  public EndpointHealth health(EndpointAddress address, ScanCall call) throws IOException {
    try (ClamdSession session = ClamdSession.open(address, call)) {
      session.send("VERSION");
      String version = session.answer().text();
      List<String> warnings = new ArrayList<>();
      if (saysOk(session, ClamdProbes.encrypted())) {
        warnings.add(
            "says OK about an encrypted archive: set AlertEncrypted yes in clamd.conf, so that"
                + " unscannable.encrypted has an effect");
      }
      if (saysOk(session, ClamdProbes.nested())) {
        warnings.add(
            "says OK about files that it did not scan because of its limits (MaxRecursion, MaxFileSize"
                + " and so on): set AlertExceedsMax yes in clamd.conf");
      }
      session.send("END");
      return new EndpointHealth(address.toString(), version, date(version), warnings, null);
    }
  }

  private static boolean saysOk(ClamdSession session, byte[] data) throws IOException {
    session.stream(new ByteArrayInputStream(data));
    return session.answer().text().equals(STREAM + ": OK");
  }
}
