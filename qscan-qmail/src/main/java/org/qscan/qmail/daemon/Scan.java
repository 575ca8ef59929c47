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
   * Units of work of all readers for a message, and for each of its octets. Ordinary mail takes 10
   * to 40 for an octet; what the readers may take is several times as much as this.
   */
  private static final long FIRST_UNITS = 10_000_000;

  private static final long UNITS_AN_OCTET = 75;

  /** What readers may note of it, in bytes: some 500 parts. */
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
   * A scan to be run.
   *
   * @param message whole; closed at the end of the scan
   * @param arrival how long it took to arrive
   * @param sender to whom it is charged
   * @param result gets the outcome, on the thread that runs the scan
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

  /** With whose messages it takes turns. */
  String sender() {
    return sender;
  }

  /** When it had arrived, by {@link System#nanoTime}. */
  long submitted() {
    return submitted;
  }

  /** Octets of the message. */
  long size() {
    return message.size();
  }

  /** Whether it is no small message from the beginning. */
  boolean isLarge() {
    return message.size() > Incoming.LARGEST_IN_MEMORY;
  }

  /**
   * Scans it.
   *
   * @param room for its readers
   * @param mayBeCostly whether it may cost as much as a message can
   * @param extracted is told when it is taken apart
   * @return false if it proves costly and was not allowed to be: it is to be run again
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
   * Whether it has ended and its outcome is not on its way any more: it had ended already when this
   * was asked last. For the server's thread, in each of its looks.
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

  /** What it was let in with. */
  private record Turn(Ledger.Reservation room, Effort effort, Runnable extracted) {}

  /** Gives it up before it has begun. */
  void fail(String why) {
    try (message) {
      handIn(Outcome.failed(why));
    }
  }

  /** Null if it has spent its effort. */
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

  /** What is in memory is not copied: it stays until the session has ended. */
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

  /** Holds no lock: what opens a session may take long, and the server's thread cancels. */
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
    try { // once more: who cancelled meanwhile has seen no session
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

  /** What the engine saw, with the time before it saw anything. */
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
