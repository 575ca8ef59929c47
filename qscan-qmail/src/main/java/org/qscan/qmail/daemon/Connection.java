package org.qscan.qmail.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.Facts;
import org.qscan.engine.LogLine;
import org.qscan.engine.Outcome;
import org.qscan.engine.Timings;
import org.qscan.qmail.Bounces;
import org.qscan.qmail.Decision;
import org.qscan.qmail.Decision.Fate;
import org.qscan.qmail.Envelope;
import org.qscan.qmail.QmailConfig;

/**
 * One qscan-client, one message: what it has said, and what it is told. For the thread of the
 * {@link Server} alone, which hands it what arrives.
 *
 * <p>The client says HELLO, the MESSAGE in pieces, its END, its ENVELOPE, and after our ANSWER the
 * OUTCOME. It may say the OUTCOME and go at any time; we may ANSWER "try again" at any time. Each
 * connection that has said HELLO leaves one line in the log.
 */
final class Connection implements FrameReader.Sink, ConnectionPlaces.Guest {

  private static final Duration GREETING = Duration.ofSeconds(10);

  /**
   * What a connection keeps of the heap at the most, in bytes, but for its message: its own
   * objects, those of its channel, and the longest address of the sending host, the longest sender
   * and the longest frame, each {@link Envelope#LONGEST_ADDRESS} octets. Measured: {@code
   * ConnectionHeapTest}.
   */
  static final int HEAP = 5 << 10;

  /** More than qscan-client gives the real qmail-queue to clean up. */
  private static final Duration FAREWELL = Duration.ofSeconds(30);

  /** What a connection asks of the server. */
  interface Host {
    /** Says {@link Connection#admitted} when there is a place for it: at once, if there is room. */
    void admit(Connection connection);

    /** How long a message may take to arrive, by how many do at the time. */
    Duration mayTake();

    /** Runs it on a thread of the pool. */
    void submit(Scan scan);

    /** Ends it, on whatever thread. */
    void cancel(Scan scan);

    /**
     * Runs it on a thread that may wait for the disk, and reads nothing more of this connection
     * until it has been told that it is {@linkplain Connection#written written}.
     */
    void write(Connection connection, Write write);

    /** Closes it on a thread that may wait for the disk. */
    void discard(Incoming message);

    /** Calls back on the server's thread; what it throws is the connection's. */
    void later(Connection connection, Runnable callback);

    /** The state of the daemon, a {@code name=value} line each. May take seconds; any thread. */
    String report();

    /** It has its answer: what it says from now on is for the log, and it needs no place. */
    void answered(Connection connection);

    /** It has come to its end. */
    void closed(Connection connection);

    /** Runs it on a thread that may wait; what it throws is the connection's. */
    void aside(Connection connection, Runnable work);

    /** Writes a line to the log and counts it. From any thread. */
    void log(String priority, LogLine line, String caller);
  }

  /** What may wait for the disk. */
  interface Write {
    void run() throws IOException;
  }

  private enum Stage {
    GREETING,
    WAITING,
    RECEIVING,
    SCANNING,
    ANSWERED,
    CLOSED
  }

  private final SocketChannel channel;
  private final Service service;
  private final Host host;
  private final FrameReader reader = new FrameReader();
  private final Incoming message;
  private final long opened = System.nanoTime();
  private final String caller;
  private String holder;
  private long heard = opened;
  private long begun = opened;
  private long refused; // whatever it says after that, it does not stay longer
  private long turn; // of the server, when it was read last
  private Stage stage = Stage.GREETING;
  private String address = "";
  private Envelope envelope = Envelope.unread();
  private @Nullable Scan scan;
  private boolean submitted;
  private boolean writing;
  private boolean ended;
  private @Nullable Outcome judged;
  private @Nullable Decision decision;
  private String failure = "";

  /**
   * A connection that has said nothing yet.
   *
   * @param caller the user at the other end, as the kernel says; empty if unknown
   */
  Connection(SocketChannel channel, String caller, Service service, Budget budget, Host host) {
    this.channel = channel;
    this.caller = caller;
    this.holder = caller;
    this.service = service;
    this.host = host;
    this.message = new Incoming(budget, service.spool());
  }

  SocketChannel channel() {
    return channel;
  }

  boolean isClosed() {
    return stage == Stage.CLOSED;
  }

  /** Whether it has been told that its message is taken. */
  boolean isGreeted() {
    return stage != Stage.GREETING && stage != Stage.WAITING;
  }

  /**
   * For how many nanoseconds it has said nothing.
   *
   * @param now of {@link System#nanoTime}
   */
  long silence(long now) {
    return now - heard;
  }

  /** Whether nothing more of the message is expected. */
  boolean isReceived() {
    return stage == Stage.SCANNING || stage == Stage.ANSWERED;
  }

  /**
   * Reads what there is, at most a buffer full: others want to be read, too.
   *
   * @param buffer of the server, cleared
   */
  void read(ByteBuffer buffer) {
    int n;
    try {
      n = channel.read(buffer);
    } catch (IOException e) {
      n = -1;
    }
    if (n < 0) {
      gone();
      return;
    }
    if (stage != Stage.ANSWERED) { // chatter would keep a place for ever, and never give way
      heard = System.nanoTime();
    }
    try {
      reader.take(buffer.flip(), this);
    } catch (ProtocolException e) { // not even its outcome can be found any more
      refuse(e.getMessage());
      gone();
    }
    if (message.isPending() && !writing && (stage == Stage.RECEIVING || stage == Stage.SCANNING)) {
      writing = true;
      host.write(this, message::flush);
    }
  }

  /** Whether the next octets may have to wait for the disk. */
  boolean mayWrite(int octets) {
    return stage == Stage.RECEIVING && !message.fits(octets);
  }

  /**
   * What was pending is written.
   *
   * @param failure why it is not, else null
   */
  void written(@Nullable IOException failure) {
    writing = false;
    if (failure != null) {
      refuse("cannot keep the message in work.directory (is the disk full?): " + failure);
    } else if (stage == Stage.SCANNING && scan == null) { // its end came with it
      submit();
    }
  }

  // --- what the client says

  @Override
  public void message(ByteBuffer octets) {
    if (stage == Stage.RECEIVING) {
      message.append(octets);
    } else if (stage != Stage.ANSWERED) { // what it sent before it knew
      refuse("a piece of a message where none is expected");
    }
  }

  @Override
  public void frame(char type, byte[] octets) {
    try {
      take(type, octets);
    } catch (ProtocolException e) {
      if (stage == Stage.ANSWERED) {
        gone();
      } else {
        refuse(e.getMessage());
      }
    }
  }

  private void take(char type, byte[] octets) throws ProtocolException {
    if (stage == Stage.CLOSED) {
      return;
    }
    if (stage == Stage.GREETING && type == Frame.STATUS) {
      report();
    } else if (stage == Stage.GREETING) {
      expect(type == Frame.HELLO, type);
      address = Frame.Hello.read(octets).address();
      holder = Holder.of(caller, address, service.daemon().trustedUsers());
      stage = Stage.WAITING;
      host.admit(this);
    } else if (type == Frame.OUTCOME) {
      close(Frame.Result.read(octets));
    } else if (stage != Stage.ANSWERED) {
      next(type, octets);
    }
  }

  private void next(char type, byte[] octets) throws ProtocolException {
    if (stage == Stage.WAITING) {
      expect(false, type);
    } else if (stage == Stage.RECEIVING) {
      expect(type == Frame.END, type);
      end(Frame.end(octets));
    } else {
      expect(type == Frame.ENVELOPE && envelope.state() == Envelope.State.UNREAD, type);
      envelope = Frame.envelope(octets);
      answerIfKnown();
    }
  }

  private static void expect(boolean good, char type) throws ProtocolException {
    if (!good) {
      throw new ProtocolException("a frame of type " + (int) type + " where it is not expected");
    }
  }

  private void end(long size) throws ProtocolException {
    if (size != message.size()) {
      throw new ProtocolException(
          "a message of " + size + " octets, and " + message.size() + " came");
    }
    stage = Stage.SCANNING;
    if (!message.isPending()) {
      submit();
    }
  }

  private void submit() {
    Duration arrival = Duration.ofNanos(System.nanoTime() - opened);
    Scan next =
        new Scan(service, message, arrival, holder, it -> host.later(this, () -> judged(it)));
    scan = next;
    host.submit(next);
    submitted = true;
  }

  /** For root, and for the user that we run as. */
  private void report() throws ProtocolException {
    expect(caller.equals("root") || caller.equals(System.getProperty("user.name")), Frame.STATUS);
    host.aside(
        this,
        () -> {
          String report = host.report();
          host.later(
              this,
              () -> {
                if (stage == Stage.GREETING) {
                  say(Frame.report(report));
                  shut();
                }
              });
        });
  }

  // --- what we answer

  private void judged(Outcome outcome) {
    judged = outcome;
    scan = null;
    heard = System.nanoTime(); // it had to wait for us
    answerIfKnown();
  }

  private void answerIfKnown() {
    Outcome outcome = judged;
    if (stage != Stage.SCANNING || outcome == null || envelope.state() == Envelope.State.UNREAD) {
      return;
    }
    Decision decided = decide(outcome);
    decision = decided;
    stage = Stage.ANSWERED;
    host.answered(this);
    say(
        Frame.answer(
            decided.fate(),
            decided.exit(service.qmail()),
            outcome.facts().size(),
            decided.reason()));
  }

  private Decision decide(Outcome outcome) {
    QmailConfig config = service.qmail();
    return new Bounces(config.bounceUser()).isBounce(envelope, caller)
        ? Decision.ofBounce(outcome, config.policy(), config.bounceInfected())
        : Decision.of(outcome, config.policy());
  }

  /** Tells it to try again; no more of it is wanted but its outcome. */
  void refuse(String reason) {
    if (stage == Stage.CLOSED || stage == Stage.ANSWERED) {
      return;
    }
    boolean greeted = isGreeted();
    failure = reason;
    stage = Stage.ANSWERED;
    host.answered(this);
    refused = System.nanoTime();
    abandonScan();
    closeMessage();
    say(Frame.answer(Fate.DEFER, service.qmail().exitFailed(), message.size(), reason));
    if (!greeted) {
      close((Frame.Result) null);
    }
  }

  /** An answer fits in the buffer of a socket that has carried a greeting at most. */
  private void say(ByteBuffer octets) {
    try {
      channel.write(octets);
      if (octets.hasRemaining()) {
        gone();
      }
    } catch (IOException e) {
      // It has gone; what it said last, and its end, are still to be read.
    }
  }

  // --- how it ends

  private void gone() {
    if (!isGreeted()) {
      shut(); // nothing was begun; it may have been another qscand that looked who is there
    } else if (stage != Stage.CLOSED) {
      failure = failure.isEmpty() ? "qscan-client went away" : failure;
      close((Frame.Result) null);
    }
  }

  /**
   * Ends what has taken too long.
   *
   * @param now of {@link System#nanoTime}
   */
  void tick(long now) {
    DaemonConfig limits = service.daemon();
    boolean ours = stage == Stage.SCANNING && judged == null; // it waits for us
    if (ours) {
      checkScan();
    }
    if (stage == Stage.GREETING && now - opened > GREETING.toNanos()) {
      refuse("qscan-client sent nothing");
    } else if (stage == Stage.ANSWERED
        && !failure.isEmpty()
        && now - refused > FAREWELL.toNanos()) {
      gone();
    } else if (!ours && now - heard > limits.idleTimeout().toNanos()) {
      if (stage == Stage.ANSWERED) {
        gone();
      } else {
        refuse("qscan-client sent nothing within daemon.idle-timeout");
      }
    } else if (stage == Stage.RECEIVING) {
      Duration longest = host.mayTake();
      if (now - begun > longest.toNanos()) {
        refuse(
            longest.compareTo(limits.receiveTimeout()) < 0
                ? "the message did not arrive within "
                    + longest.toSeconds()
                    + "s, which is less than daemon.receive-timeout because most of"
                    + " daemon.max-connections are taken"
                : "the message did not arrive within daemon.receive-timeout");
      }
    }
  }

  // --- its place

  @Override
  public String holder() {
    return holder;
  }

  @Override
  public boolean isExempt() {
    return caller.equals("root") || caller.equals(service.qmail().bounceUser());
  }

  /** There is a place for it. */
  void admitted() {
    if (stage == Stage.WAITING) {
      stage = Stage.RECEIVING;
      begun = System.nanoTime();
      heard = begun;
      say(Frame.hello());
    }
  }

  /** What has brought least for its time; then what came last. */
  @Override
  public double burden(long now) {
    double seconds = (now - begun) / 1e9;
    return switch (stage) {
      case RECEIVING -> seconds / (1 + message.size() / 1024.0);
      case SCANNING -> -1 - seconds;
      default -> Double.NaN;
    };
  }

  /** Makes room for somebody who has less. */
  void giveWay() {
    String reason =
        "qscand has no room for more messages, and this sender has the most of all senders";
    refuse(reason);
    drop(reason);
  }

  /** It has its answer, and others want to be the last to say something, too. */
  void stopListening() {
    if (failure.isEmpty()) {
      failure = "it was answered, and qscand waits no longer for what became of it";
    }
    gone();
  }

  /** Tells it to try again, before anything of its message was read. The server logs that. */
  void turnAway() {
    say(
        Frame.answer(
            Fate.DEFER,
            service.qmail().exitFailed(),
            0,
            "qscand has no room for more messages, and this sender has the most waiting connections of all senders"));
    shut();
  }

  /** Octets of its message that are on the disk, until it is answered. */
  long spooled() {
    boolean held = stage == Stage.RECEIVING || stage == Stage.SCANNING;
    return held && message.isSpilled() ? message.size() : 0;
  }

  /** The server's turn in which it was read last. */
  long turn() {
    return turn;
  }

  void turn(long now) {
    turn = now;
  }

  /** Nobody comes back from a scan whose thread could not hand in what came of it. */
  private void checkScan() {
    boolean again = ended; // the first time it may be on its way here
    ended = scan != null && scan.hasEnded();
    if (ended && again) {
      refuse("qscand failed: the scan has ended without an outcome");
    }
  }

  /** Ends it without another word; the client takes that for "try again". */
  void drop(String reason) {
    if (!isGreeted()) {
      shut();
    } else if (stage != Stage.CLOSED) {
      failure = reason;
      close((Frame.Result) null);
    }
  }

  /**
   * Ends it, because of a fault of qscand's own that came of what it said.
   *
   * @param fault as it is to be told
   */
  void fail(String fault) {
    refuse(fault);
    drop(fault);
  }

  /** Ends it where that, too, has failed: without a word to anybody, and whatever it throws. */
  void abandon() {
    stage = Stage.CLOSED;
    hangUp();
    try {
      closeMessage();
      abandonScan();
    } catch (RuntimeException | Error e) {
      // The fault that is being told already.
    }
  }

  private void abandonScan() {
    Scan running = scan;
    if (running != null) {
      scan = null;
      host.cancel(running);
    }
  }

  /**
   * Once it has a scan, that closes it: what it holds is not free before the scan lets go of it.
   */
  private void closeMessage() {
    if (submitted) {
      return;
    }
    if (message.isSpilled()) {
      host.discard(message);
    } else {
      message.close();
    }
  }

  private void close(Frame.@Nullable Result result) {
    if (stage == Stage.CLOSED) {
      return;
    }
    abandonScan();
    closeMessage();
    Outcome ended = ended(result);
    LogLine line = line(ended, result);
    shut();
    host.log(ended.priority(), line, caller);
  }

  private void shut() {
    stage = Stage.CLOSED;
    hangUp();
    host.closed(this);
  }

  private void hangUp() {
    try {
      channel.close();
    } catch (IOException e) {
      // It is closed for us.
    }
  }

  private LogLine line(Outcome ended, Frame.@Nullable Result result) {
    return new LogLine(
        "qmail",
        ended.word(),
        ended.threats(),
        reason(result),
        result == null ? "" : Integer.toString(result.code()),
        ended.facts(),
        address,
        envelope.sender(),
        result == null ? envelope.recipients() : result.recipients());
  }

  /** What came of the scan, unless the message met its end by something else. */
  private Outcome ended(Frame.@Nullable Result result) {
    Outcome outcome = judged;
    return outcome == null || !failure.isEmpty() || result == null || !result.reason().isEmpty()
        ? Outcome.failed(reason(result), outcome == null ? received() : outcome.facts())
        : outcome;
  }

  private String reason(Frame.@Nullable Result result) {
    if (result != null && !result.reason().isEmpty()) {
      return result.reason();
    }
    if (!failure.isEmpty()) {
      return failure;
    }
    Decision decided = decision;
    if (decided == null) {
      return judged == null ? "" : judged.failure();
    }
    if (decided.fate() == Fate.QUEUE
        && result != null
        && result.envelope() != Envelope.State.COMPLETE) {
      return result.envelope().inWords();
    }
    return decided.reason();
  }

  private Facts received() {
    Duration since = Duration.ofNanos(System.nanoTime() - opened);
    return Facts.none()
        .withSize(message.size())
        .withTimings(Timings.NONE.plusReceive(since).plusTotal(since));
  }
}
