package org.qscan.qmail.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.Facts;
import org.qscan.engine.Outcome;
import org.qscan.engine.Timings;
import org.qscan.engine.time.Ticker;
import org.qscan.qmail.Bounces;
import org.qscan.qmail.Decision;
import org.qscan.qmail.Decision.Fate;
import org.qscan.qmail.Envelope;
import org.qscan.qmail.QmailConfig;
import org.qscan.qmail.daemon.ConnectionStage.Event;
import org.qscan.qmail.daemon.ConnectionStage.Transition;

/**
 * The connection of one qscan-client with one message: what the client has said, and what it is
 * told. {@link ConnectionStage} has the table of what may happen when; {@link ConnectionTimes}
 * knows what takes too long, and {@link ConnectionLog} what the log is told.
 *
 * <p>Only the thread of the {@link Server} calls this and writes its fields. Other threads do
 * whatever may have to wait, and hand in their results by {@link ConnectionHost#later}. Meanwhile
 * the object that a field refers to may belong to another thread; the comment at the field says
 * when.
 *
 * <p>The client says HELLO, the MESSAGE in pieces, its END, its ENVELOPE, and after our ANSWER the
 * OUTCOME. It may say the OUTCOME and go at any time; we may ANSWER "try again" at any time. Each
 * connection that has said HELLO leaves one line in the log.
 */
final class Connection implements FrameReader.FrameSink, ConnectionPlaces.Guest {

  /**
   * The most bytes of the heap that a connection keeps beside its message: its own objects, those
   * of its channel, and the longest address of the sending host, the longest sender and the longest
   * frame, each {@link Envelope#LONGEST_ADDRESS} octets. Measured: {@code ConnectionHeapTest}.
   */
  static final int HEAP = 5 << 10;

  // Made once, and used by the server's thread alone.
  private final SocketChannel channel;
  private final ConnectionHost host;
  private final FrameReader reader = new FrameReader();
  private final ConnectionTimes times = new ConnectionTimes(Ticker.SYSTEM);
  private final String caller;

  /** Read by the pool's threads as well: it never changes. */
  private final Service service;

  /**
   * The server's thread appends to it; the spool's thread writes it to the disk, from {@link
   * ConnectionHost#write} until {@link #written}; a thread of the pool reads and closes it once it
   * is {@link ConnectionStage#SCANNING}.
   */
  private final Incoming message;

  // Written by the server's thread alone, and read by no other.
  private ConnectionStage stage = ConnectionStage.GREETING;
  private String holder; // whom its place is charged to; another one after its HELLO
  private String address = ""; // of the sending host, from its HELLO
  private Envelope envelope = Envelope.unread(); // from its ENVELOPE
  private @Nullable Outcome judged; // of the scan, which handed it in by ConnectionHost.later
  private @Nullable Decision decision; // what it was told for that
  private String failure = ""; // why it ends without that
  private long turn; // of the server, when it was read last

  /**
   * The scan that has the message, until its outcome is there or nobody wants it. The server's
   * thread writes the field; the scan is run by a thread of the pool.
   */
  private @Nullable Scan scan;

  /**
   * A connection that has said nothing yet.
   *
   * @param caller the user at the other end, as the kernel says; empty if unknown
   */
  Connection(
      SocketChannel channel, String caller, Service service, Budget budget, ConnectionHost host) {
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
    return stage == ConnectionStage.CLOSED;
  }

  /** Whether it has been told that its message is taken. */
  boolean isGreeted() {
    return stage.isGreeted();
  }

  /**
   * For how many nanoseconds it has said nothing.
   *
   * @param now of {@link System#nanoTime}
   */
  long silence(long now) {
    return times.silence(now);
  }

  /** Whether nothing more of the message is expected. */
  boolean isReceived() {
    return stage.isReceived();
  }

  /**
   * Reads what is there, at most one buffer, because other connections wait to be read as well.
   * When the message is whole, a second look shows whether the client has hung up meanwhile: for
   * whoever has, no extractor and no scanner is started.
   *
   * @param buffer of the server
   */
  void read(ByteBuffer buffer) {
    hear(buffer.clear());
    if (isReadyToScan()) {
      hear(buffer.clear());
    }
    if (isReadyToScan()) {
      submit();
    }
  }

  /** All of the message is stored, and nothing has it yet. */
  private boolean isReadyToScan() {
    return stage == ConnectionStage.STORING && !message.isPending();
  }

  private void hear(ByteBuffer buffer) {
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
    if (!stage.isAnswered()) { // chatter would keep a place for ever, and never give way
      times.heard();
    }
    try {
      reader.take(buffer.flip(), this);
    } catch (ProtocolException e) { // not even its outcome can be found any more
      refuse(e.getMessage());
      gone();
    }
    if (message.isPending()
        && (stage == ConnectionStage.RECEIVING || stage == ConnectionStage.STORING)) {
      host.write(this, message::flush);
    }
  }

  /** Whether the next octets may have to wait for the disk. */
  boolean mayWrite(int octets) {
    return stage == ConnectionStage.RECEIVING && !message.fits(octets);
  }

  /**
   * What was pending is written.
   *
   * @param failure why it is not, else null
   */
  void written(@Nullable IOException failure) {
    if (failure != null) {
      refuse("cannot keep the message in work.directory (is the disk full?): " + failure);
    } else if (stage == ConnectionStage.STORING) { // its end came with it
      submit();
    }
  }

  // --- what the client says

  @Override
  public void message(ByteBuffer octets) {
    try {
      if (stage.expects(Event.MESSAGE)) {
        message.append(octets);
      }
    } catch (ProtocolException e) {
      refuse("a piece of a message where none is expected");
    }
  }

  @Override
  public void frame(char type, byte[] octets) {
    try {
      take(type, octets);
    } catch (ProtocolException e) {
      if (stage.isAnswered()) {
        gone();
      } else {
        refuse(e.getMessage());
      }
    }
  }

  private void take(char type, byte[] octets) throws ProtocolException {
    Event event = Event.of(type);
    if (!expects(event, type)) {
      return;
    }
    switch (event) {
      case HELLO -> greet(Frame.Hello.read(octets));
      case STATUS -> report();
      case END -> end(Frame.end(octets));
      case ENVELOPE -> envelope(octets);
      case OUTCOME -> close(Frame.ClientResult.read(octets));
      default -> throw unexpected(type);
    }
  }

  private boolean expects(Event event, char type) throws ProtocolException {
    try {
      return stage.expects(event);
    } catch (ProtocolException e) {
      throw unexpected(type);
    }
  }

  private static ProtocolException unexpected(char type) {
    return new ProtocolException("a frame of type " + (int) type + " where it is not expected");
  }

  private void greet(Frame.Hello hello) {
    address = hello.address();
    holder = Holder.of(caller, address, service.daemon().trustedUsers());
    move(Event.HELLO);
    host.admit(this);
  }

  /** There is one; one that says that it is unread may be followed by another. */
  private void envelope(byte[] octets) throws ProtocolException {
    if (envelope.state() != Envelope.EnvelopeState.UNREAD) {
      throw unexpected(Frame.ENVELOPE);
    }
    envelope = Frame.envelope(octets);
    answerIfKnown();
  }

  private void end(long size) throws ProtocolException {
    if (size != message.size()) {
      throw new ProtocolException(
          "a message of " + size + " octets, and " + message.size() + " came");
    }
    move(Event.END);
  }

  private void submit() {
    Scan next =
        new Scan(
            service,
            message,
            times.sinceOpened(),
            holder,
            it -> host.later(this, () -> judged(it)));
    scan = next;
    host.submit(next);
    move(Event.SUBMITTED); // if that has thrown something, the message is still ours to close
  }

  /** For root, and for the user that we run as. */
  private void report() throws ProtocolException {
    if (!caller.equals("root") && !caller.equals(System.getProperty("user.name"))) {
      throw unexpected(Frame.STATUS);
    }
    host.aside(
        this,
        () -> {
          String report = host.report();
          host.later(
              this,
              () -> {
                if (stage == ConnectionStage.GREETING) {
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
    times.heard(); // it had to wait for us
    move(Event.JUDGED);
    answerIfKnown();
  }

  private void answerIfKnown() {
    Outcome outcome = judged;
    if (stage != ConnectionStage.JUDGED
        || outcome == null
        || envelope.state() == Envelope.EnvelopeState.UNREAD) {
      return;
    }
    Decision decided = decide(outcome);
    decision = decided;
    move(Event.ANSWERED);
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

  /** The next stage by the table; stays where the table says that this comes too late. */
  private void move(Event event) {
    Transition transition = stage.on(event);
    if (transition.kind() == Transition.Reaction.EXPECTED) {
      stage = transition.next();
    }
  }

  /** Tells it to try again; no more of it is wanted but its outcome. */
  void refuse(String reason) {
    if (stage == ConnectionStage.CLOSED || stage.isAnswered()) {
      return;
    }
    boolean greeted = isGreeted();
    failure = reason;
    release();
    move(Event.REFUSED);
    host.answered(this);
    times.refused();
    say(Frame.answer(Fate.DEFER, service.qmail().exitFailed(), message.size(), reason));
    if (!greeted) {
      close((Frame.ClientResult) null);
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
    } else if (!isClosed()) {
      failure = failure.isEmpty() ? "qscan-client went away" : failure;
      close((Frame.ClientResult) null);
    }
  }

  /**
   * Ends what has taken too long.
   *
   * @param now of {@link System#nanoTime}
   */
  void tick(long now) {
    DaemonConfig limits = service.daemon();
    switch (stage) {
      case GREETING, WAITING, RECEIVING, JUDGED -> {
        String late = times.tooLate(stage, now, limits, host::mayTake);
        if (!late.isEmpty()) {
          refuse(late);
        }
      }
      case SCANNING -> checkScan();
      case ANSWERED, REFUSED -> {
        if (times.isOver(stage, now, limits)) {
          gone();
        }
      }
      case STORING, CLOSED -> {} // it waits for us
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
    if (stage == ConnectionStage.WAITING) {
      move(Event.ADMITTED);
      times.begun();
      say(Frame.hello());
    }
  }

  /** What has brought least for its time; then what came last. */
  @Override
  public double burden(long now) {
    double seconds = times.seconds(now);
    if (stage == ConnectionStage.RECEIVING) {
      return seconds / (1 + message.size() / 1024.0);
    }
    return stage.isWhole() ? -1 - seconds : Double.NaN;
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
    return stage.isUnderWay() && message.isSpilled() ? message.size() : 0;
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
    if (scan != null && scan.isLost()) {
      refuse("qscand failed: the scan has ended without an outcome");
    }
  }

  /** Ends it without another word; the client takes that for "try again". */
  void drop(String reason) {
    if (!isGreeted()) {
      shut();
    } else if (!isClosed()) {
      failure = reason;
      close((Frame.ClientResult) null);
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
    try {
      hangUp();
      release();
    } catch (RuntimeException | Error e) {
      // The fault that is being told already.
    } finally {
      move(Event.CLOSED);
    }
  }

  /**
   * Lets go of what it holds. A scan that has the message closes it: what that takes of the memory
   * is not free before the scan lets go of it.
   */
  private void release() {
    Scan running = scan;
    if (running != null) {
      scan = null;
      host.cancel(running);
    }
    if (!stage.ownsMessage()) {
      return;
    }
    if (message.isSpilled()) {
      host.discard(message);
    } else {
      message.close();
    }
  }

  private void close(Frame.@Nullable ClientResult result) {
    if (isClosed()) {
      return;
    }
    release();
    ConnectionLog log =
        new ConnectionLog(address, envelope, judged, decision, failure, result, received());
    shut();
    host.log(log.outcome().priority(), log.line(), caller);
  }

  private void shut() {
    move(Event.CLOSED);
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

  private Facts received() {
    Duration since = times.sinceOpened();
    return Facts.none()
        .withSize(message.size())
        .withTimings(Timings.NONE.plusReceive(since).plusTotal(since));
  }
}
