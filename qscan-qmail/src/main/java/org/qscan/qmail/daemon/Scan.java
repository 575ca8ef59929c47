package org.qscan.qmail.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.Facts;
import org.qscan.engine.Outcome;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.ScanSession;
import org.qscan.engine.batch.Arrival;
import org.qscan.engine.gate.Patience;
import org.qscan.engine.store.Effort;
import org.qscan.engine.store.Ledger;

/** The scan of one message that has arrived, for a thread of the pool. */
final class Scan {

  /**
   * The first effort: units of work of all readers for a message; each octet adds to it. Ordinary
   * mail takes 10 to 40 units for an octet. The limit of the readers is several times as much as
   * this.
   */
  private static final long FIRST_UNITS = 10_000_000;

  private static final long UNITS_AN_OCTET = 75;

  /** The first effort: bytes for the notes of readers, enough for some 500 parts. */
  private static final long FIRST_BYTES = 400 << 10;

  private final Service service;
  private final Incoming message;
  private final Duration arrival;
  private final String sender;
  private final Consumer<Outcome> result;
  private final long submitted = System.nanoTime();
  private volatile @Nullable ScanSession session;
  private volatile boolean cancelled;
  private volatile boolean ended; // written by the thread that runs it
  private boolean seenEnded; // written by the server's thread

  /**
   * A scan that will be run.
   *
   * @param message the complete message, which is closed at the end of the scan
   * @param arrival how long it took to arrive
   * @param sender the holder to whom it is charged
   * @param result takes the outcome, on the thread that runs the scan
   */
  Scan(
      Service service,
      Incoming message,
      Duration arrival,
      String sender,
      Consumer<Outcome> result) {
    this.service = service;
    this.message = message;
    this.arrival = arrival;
    this.sender = sender;
    this.result = result;
  }

  /** The sender, whose messages take turns with those of others. */
  String sender() {
    return sender;
  }

  /** The time at which it had arrived, by {@link System#nanoTime}. */
  long submitted() {
    return submitted;
  }

  /** The size of the message in octets. */
  long size() {
    return message.size();
  }

  /** Whether it belongs to the class of large messages from the beginning. */
  boolean isLarge() {
    return message.size() > Incoming.LARGEST_IN_MEMORY;
  }

  /**
   * Runs the scan.
   *
   * @param room the reservation for its readers
   * @param mayBeCostly whether it may cost as much as a message can
   * @param extracted is called when the message is taken apart
   * @return false if the message turns out to be costly although it may not be; then the scan has
   *     to be run again
   */
  boolean run(Ledger.Reservation room, boolean mayBeCostly, Runnable extracted) {
    Effort effort = mayBeCostly ? Effort.any() : firstEffort();
    Outcome outcome = null;
    try (Arrival arrival = service.engine().arrive()) {
      outcome = judge(arrival, new Turn(room, effort, extracted));
    } catch (RuntimeException | Error e) { // whatever happens, there is an answer
      outcome = Outcome.failed(Fault.of(e));
    } finally {
      if (outcome != null) {
        message.close();
      }
    }
    if (outcome == null) {
      return false;
    }
    handIn(outcome);
    return true;
  }

  private void handIn(Outcome outcome) {
    try {
      result.accept(outcome);
    } finally {
      ended = true;
    }
  }

  /**
   * Whether it has ended and its outcome was lost, because it had ended already when this was last
   * asked. The server's thread asks this at each of its looks.
   */
  boolean isLost() {
    boolean before = seenEnded;
    seenEnded = ended;
    return before;
  }

  /** The effort that ordinary mail of this size does not exceed. */
  private Effort firstEffort() {
    return Effort.of(FIRST_UNITS + UNITS_AN_OCTET * message.size(), FIRST_BYTES);
  }

  /** What the scan got when it was let in. */
  private record Turn(Ledger.Reservation room, Effort effort, Runnable extracted) {}

  /** Gives the scan up before it has begun. */
  void fail(String why) {
    try (message) {
      handIn(Outcome.failed(why));
    }
  }

  /** Judges the message. Null if it has spent its effort. */
  private @Nullable Outcome judge(Arrival arrival, Turn turn) {
    Duration waited = Duration.ofNanos(System.nanoTime() - submitted);
    Facts facts = Facts.none();
    try (ScanSession opened = open(waited, turn)) {
      try {
        receive(opened);
        arrival.close();
        opened.extract();
        if (opened.isTooCostly()) {
          return null;
        }
        turn.extracted.run();
        Outcome outcome = opened.scan(service.patience().minus(waited));
        boolean failed = outcome.match(it -> false, it -> true);
        return failed && opened.isTooCostly() ? null : outcome.with(plus(outcome.facts(), waited));
      } catch (ScanFailure | IOException e) {
        if (opened.isTooCostly()) {
          return null;
        }
        facts = opened.facts();
        throw e;
      } finally {
        if (opened.isTooCostly()) {
          session = null;
        }
      }
    } catch (ScanFailure e) {
      return Outcome.failed(e.getMessage(), plus(facts, waited));
    } catch (IOException e) {
      return Outcome.failed("cannot read the message again: " + e, plus(facts, waited));
    }
  }

  /**
   * Gives the session the message. Octets in memory are not copied: they stay until the session has
   * ended.
   */
  @SuppressWarnings("ByteBufferBackingArray") // it wraps its array from the first octet
  private void receive(ScanSession opened) throws ScanFailure, IOException {
    ByteBuffer whole = message.inMemory();
    if (whole != null) {
      opened.receive(whole.array(), whole.limit());
      return;
    }
    try (InputStream in = message.open()) {
      opened.receive(in);
    }
  }

  /**
   * Opens a session. No lock is held meanwhile, because this may take long, and the server's thread
   * may cancel.
   */
  private ScanSession open(Duration waited, Turn turn) throws ScanFailure {
    failIfCancelled();
    if (waited.compareTo(service.patience()) >= 0) {
      throw new ScanFailure(
          "no free slot within "
              + Patience.of(service.patience())
              + ": all threads of qscand were scanning");
    }
    ScanSession opened = service.engine().open(turn.room, turn.effort, sender);
    session = opened;
    try { // check again: a cancel meanwhile did not see this session
      failIfCancelled();
    } catch (ScanFailure e) {
      opened.close();
      throw e;
    }
    return opened;
  }

  private void failIfCancelled() throws ScanFailure {
    if (cancelled) {
      throw new ScanFailure("qscan-client went away");
    }
  }

  /** The facts of the engine, with the time before the session. */
  private Facts plus(Facts facts, Duration waited) {
    return facts.withTimings(
        facts.timings().plusReceive(arrival).plusWaiting(waited).plusTotal(arrival.plus(waited)));
  }

  /** Announces that {@link #cancel} will follow; returns at once. */
  void giveUp() {
    ScanSession open = cancelled();
    if (open != null) {
      open.giveUp();
    }
  }

  /** Ends the scan, because nobody waits for its outcome any more. This may take a moment. */
  void cancel() {
    ScanSession open = cancelled();
    if (open != null) {
      open.close();
    }
  }

  private @Nullable ScanSession cancelled() {
    cancelled = true;
    return session;
  }
}
