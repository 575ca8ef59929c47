package org.qscan.qmail.daemon;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.batch.FairQueue;
import org.qscan.engine.store.Ledger;
import org.qscan.engine.time.Ticker;

/**
 * Decides which message is taken apart and scanned next. There are two classes:
 *
 * <ul>
 *   <li><b>small</b>: messages that are small, and have not turned out costly. Each has room for a
 *       small effort.
 *   <li><b>large</b>: messages that are large, or have spent their first effort. Each has room for
 *       the most that a message can need. They never have all the permits to take a message apart,
 *       nor all threads, nor the memory that two small ones need.
 * </ul>
 *
 * <p>Within a class senders take turns ({@link FairQueue}). A message waits here without a thread;
 * it is let in with a thread, a permit of its class and its memory at the same time, so that nobody
 * holds one of these and waits for another. If a large message finds no memory, small ones may
 * overtake it, but only for the time {@link #PASSED_BY}. After that, they wait as well until it has
 * been let in. Any thread may use this class, and no method waits.
 *
 * @param <T> the type of a message
 */
final class Admission<T> {

  /**
   * How long small messages may take the memory that a large one waits for. If messages that never
   * arrive completely hold half of the ledger, a few small messages at a time leave no room for a
   * large one. Without this limit it would wait as long as small ones keep coming.
   */
  static final Duration PASSED_BY = Duration.ofSeconds(2);

  private record SizeClass<T>(FairQueue<T> waiting, boolean isLarge) {}

  private final Ledger ledger;
  private final Ticker ticker;
  private final SizeClass<T> small = new SizeClass<>(new FairQueue<>(), false);
  private final SizeClass<T> large = new SizeClass<>(new FairQueue<>(), true);
  private final Map<String, Integer> held = new HashMap<>(); // messages by sender, until their end
  private int threads;
  private int mostSmall;
  private int mostLarge;
  private int smallApart; // small messages that are being taken apart
  private int largeApart;
  private int running;
  private int largeRunning;
  private boolean largeIsShort; // a large message lacks only memory
  private long shortSince;

  /**
   * An admission that lets nobody in before {@link #resize}.
   *
   * @param ledger the account of the memory
   */
  Admission(Ledger ledger) {
    this(ledger, Ticker.SYSTEM);
  }

  /** The same with another time; for tests. */
  Admission(Ledger ledger, Ticker ticker) {
    this.ledger = ledger;
    this.ticker = ticker;
  }

  /**
   * Sets the limits. Messages that are let in already are not affected.
   *
   * @param threads the most messages that are taken apart, wait for a scanner or are scanned
   * @param small the most small messages among these that are taken apart at a time
   * @param large the most large messages among these that are taken apart at a time
   */
  synchronized void resize(int threads, int small, int large) {
    this.threads = threads;
    this.mostSmall = small;
    this.mostLarge = large;
  }

  /**
   * Adds a message, which waits from now on.
   *
   * @param came when it came, in nanoseconds
   * @param cost how much later it is taken than a message without cost, in nanoseconds
   */
  synchronized void add(T message, String sender, long came, long cost, boolean isLarge) {
    (isLarge ? large : small).waiting.addAt(came, cost, sender, message);
  }

  /** Removes a message that waits. False if it does not wait. */
  synchronized boolean remove(T message, String sender) {
    return small.waiting.remove(sender, message) || large.waiting.remove(sender, message);
  }

  /** Lets the next message in, if there is one and room for it; else null. */
  synchronized @Nullable Permit next(ToSender<T> sender) {
    if (running >= threads) {
      return null;
    }
    boolean largeFirst = largeRunning == 0; // otherwise, small ones could take all threads for ever
    Permit first = next(largeFirst ? large : small, sender);
    return first != null ? first : next(largeFirst ? small : large, sender);
  }

  /** Tells the sender of a message. */
  @FunctionalInterface
  interface ToSender<T> {
    String of(T message);
  }

  private @Nullable Permit next(SizeClass<T> kind, ToSender<T> sender) {
    boolean full =
        kind.isLarge
            ? largeApart >= mostLarge || largeRunning >= threads - Math.max(1, threads / 4)
            : smallApart >= mostSmall;
    if (kind.isLarge && kind.waiting.isEmpty()) {
      largeIsShort = false;
    }
    if (full || kind.waiting.isEmpty() || (!kind.isLarge && isLargeOverdue())) {
      return null;
    }
    Ledger.Reservation room = ledger.reserve(kind.isLarge);
    if (kind.isLarge) {
      largeFound(room != null);
    }
    if (room == null) {
      return null;
    }
    T message = kind.waiting.poll(this::holds);
    if (message == null) {
      room.close();
      return null;
    }
    return new Permit(message, sender.of(message), room, kind.isLarge);
  }

  private void largeFound(boolean memory) {
    if (!memory && !largeIsShort) {
      shortSince = ticker.nanos();
    }
    largeIsShort = !memory;
  }

  /**
   * Whether a large message has waited too long for memory. Then no more small ones are let in
   * until they have given enough back.
   */
  private boolean isLargeOverdue() {
    return largeIsShort
        && largeApart
            == 0 // otherwise it waits for another large one, and holding small ones back does not
        // help
        && !large.waiting.isEmpty()
        && ticker.nanos() - shortSince > PASSED_BY.toNanos();
  }

  private int holds(String sender) {
    return held.getOrDefault(sender, 0);
  }

  synchronized int waiting() {
    return small.waiting.size() + large.waiting.size();
  }

  synchronized int running() {
    return running;
  }

  /** One message that was let in. */
  final class Permit {
    private final T message;
    private final String sender;
    private final Ledger.Reservation room;
    private final boolean isLarge;
    private boolean apart = true;
    private boolean ended;

    private Permit(T message, String sender, Ledger.Reservation room, boolean isLarge) {
      this.message = message;
      this.sender = sender;
      this.room = room;
      this.isLarge = isLarge;
      running++;
      largeRunning += isLarge ? 1 : 0;
      count(1);
      held.merge(sender, 1, Integer::sum);
    }

    T message() {
      return message;
    }

    /** Memory for its readers. */
    Ledger.Reservation room() {
      return room;
    }

    boolean isLarge() {
      return isLarge;
    }

    /** Tells that the message is taken apart. A second call changes nothing. */
    void extracted() {
      synchronized (Admission.this) {
        if (apart) {
          apart = false;
          count(-1);
        }
      }
    }

    private void count(int more) {
      smallApart += isLarge ? 0 : more;
      largeApart += isLarge ? more : 0;
    }

    /** Tells that the message needs no thread any more. A second call changes nothing. */
    void end() {
      synchronized (Admission.this) {
        extracted();
        if (!ended) {
          ended = true;
          running--;
          largeRunning -= isLarge ? 1 : 0;
          held.computeIfPresent(sender, (any, count) -> count == 1 ? null : count - 1);
        }
      }
      room.close();
    }
  }
}
