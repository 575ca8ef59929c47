package org.qscan.qmail.daemon;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.batch.FairQueue;
import org.qscan.engine.extract.Ledger;

/**
 * Whose turn it is to be taken apart and scanned. There are two classes:
 *
 * <ul>
 *   <li><b>small</b>: messages that are small, and have not turned out dear. Each has room for a
 *       small effort.
 *   <li><b>large</b>: those that are large, or have spent their first effort. Each has room for the
 *       worst that a message can do. They never have all the permits to take a message apart, nor
 *       all threads, nor the memory that two small ones need.
 * </ul>
 *
 * <p>Within a class senders take turns ({@link FairQueue}). A message waits here without a thread;
 * it is let in with a thread, a permit of its class and its memory at the same time, so that nobody
 * holds one of these and waits for another. For any thread; nothing here waits.
 *
 * @param <T> a message
 */
final class Admission<T> {

  private record Kind<T>(FairQueue<T> waiting, boolean isLarge) {}

  private final Ledger ledger;
  private final Kind<T> small = new Kind<>(new FairQueue<>(), false);
  private final Kind<T> large = new Kind<>(new FairQueue<>(), true);
  private final Map<String, Integer> held = new HashMap<>(); // by sender, until the end
  private int threads;
  private int mostSmall;
  private int mostLarge;
  private int smallApart; // being taken apart
  private int largeApart;
  private int running;
  private int largeRunning;

  /**
   * Nobody is let in before {@link #resize}.
   *
   * @param ledger has the memory
   */
  Admission(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * From now on there are so many; who is in stays in.
   *
   * @param threads messages that are taken apart, wait for a scanner or are scanned
   * @param small of these, small ones that are taken apart at a time
   * @param large the same of large ones
   */
  synchronized void resize(int threads, int small, int large) {
    this.threads = threads;
    this.mostSmall = small;
    this.mostLarge = large;
  }

  /**
   * Waits from now on.
   *
   * @param rank of those of one sender the lowest is first
   */
  synchronized void add(T message, String sender, long rank, boolean isLarge) {
    (isLarge ? large : small).waiting.add(sender, rank, message);
  }

  /** Waits no more; false if it did not. */
  synchronized boolean remove(T message, String sender) {
    return small.waiting.remove(sender, message) || large.waiting.remove(sender, message);
  }

  /** Lets the next one in, if there is one and room for it; else null. */
  synchronized @Nullable Permit next(ToSender<T> sender) {
    if (running >= threads) {
      return null;
    }
    boolean largeFirst = largeRunning == 0; // else many small ones could take all threads for ever
    Permit first = next(largeFirst ? large : small, sender);
    return first != null ? first : next(largeFirst ? small : large, sender);
  }

  /** Whose message it is. */
  @FunctionalInterface
  interface ToSender<T> {
    String of(T message);
  }

  private @Nullable Permit next(Kind<T> kind, ToSender<T> sender) {
    boolean full =
        kind.isLarge
            ? largeApart >= mostLarge || largeRunning >= threads - Math.max(1, threads / 4)
            : smallApart >= mostSmall;
    if (full || kind.waiting.isEmpty()) {
      return null;
    }
    Ledger.Reservation room = ledger.reserve(kind.isLarge);
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

    /** It is taken apart; may be said again. */
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

    /** It needs no thread any more; may be said again. */
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
