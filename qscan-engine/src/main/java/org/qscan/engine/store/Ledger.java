package org.qscan.engine.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.time.Ticker;

/**
 * The account of the heap of this process; there is one. Code that keeps something whose size
 * senders choose first takes room for it here. Separate limits for arriving messages, for parts and
 * for readers would each be right, but together they could exceed the heap.
 *
 * <p>There are two kinds of room:
 *
 * <ul>
 *   <li><b>Kept</b>: octets of messages and parts, entries for parts, lines of the log. If there is
 *       no room, the data goes to a file or is not kept. All of it is never more than half of the
 *       account, so that messages that make no progress cannot stop the others.
 *   <li><b>Work</b>: what the readers of one message need while they take it apart. It is
 *       {@linkplain #reserve reserved} before they begin, at the worst that a message can do, and a
 *       message that finds no room waits. A large reservation never takes the room that is meant
 *       for two small ones.
 * </ul>
 *
 * <p>In all, the account has {@value #PERCENT} % of a heap of up to 64 MiB, such as that of qscand:
 * the virtual machine and our own classes keep about 5 MiB alive there, the caches of verdicts up
 * to a sixteenth, and the garbage collector needs some room. Of a larger heap it has a quarter,
 * because such a heap belongs to a mail server. For any thread.
 */
public final class Ledger {

  private static final int PERCENT = 60;

  /** A heap up to this size, in bytes, belongs to QScan alone. */
  private static final long OWN_HEAP = 64L << 20;

  /** The most bytes that the readers of one message need: see {@code SmallHeap}. */
  private static final long LARGE = 8L << 20;

  /** The most bytes that they need for a message that has not spent its {@link Effort}. */
  private static final long SMALL = 3L << 19;

  private static final Ledger PROCESS = ofHeap(Runtime.getRuntime().maxMemory());

  private final long most;
  private final long large;
  private final long small;
  private final Ticker ticker;
  private final List<Runnable> waiting = new ArrayList<>();
  private long kept;
  private long work;
  private long highest;

  /**
   * An account.
   *
   * @param most how many bytes it has in all
   */
  public Ledger(long most) {
    this(most, Ticker.SYSTEM);
  }

  /** With another time; for tests. */
  Ledger(long most, Ticker ticker) {
    this.ticker = ticker;
    this.most = most;
    this.large = Math.min(LARGE, most / 3);
    this.small = Math.min(SMALL, most / 12);
  }

  /**
   * The account of a heap.
   *
   * @param heap its size in bytes
   */
  public static Ledger ofHeap(long heap) {
    return new Ledger(Math.max(Math.min(heap, OWN_HEAP) * PERCENT / 100, heap / 4));
  }

  /** The account of this process, for all engines in it, including the old ones after a reload. */
  public static Ledger ofThisProcess() {
    return PROCESS;
  }

  /** Takes so many bytes to keep something. Takes none if there is not enough room. */
  public synchronized boolean take(long bytes) {
    if (!has(bytes)) {
      return false;
    }
    add(bytes, 0);
    return true;
  }

  /** Whether so many bytes could be taken now. */
  public synchronized boolean has(long bytes) {
    return kept + bytes <= most / 2 && kept + work + bytes <= most;
  }

  /** Takes so many bytes for something that is in memory already, so that it is counted. */
  public synchronized void force(long bytes) {
    add(bytes, 0);
  }

  /** Gives back bytes that were taken to keep something. */
  public void give(long bytes) {
    synchronized (this) {
      add(-bytes, 0);
    }
    wake();
  }

  private void add(long toKept, long toWork) {
    kept += toKept;
    work += toWork;
    highest = Math.max(highest, kept + work);
    if (toKept < 0 || toWork < 0) {
      notifyAll();
    }
  }

  /**
   * Room to take one message apart, or null if there is none at this time. A message that is alone
   * always finds it.
   *
   * @param isLarge whether it is for the most that a message can need
   */
  public synchronized @Nullable Reservation reserve(boolean isLarge) {
    long bytes = isLarge ? large : small;
    long others = isLarge ? 2 * small : 0;
    if (work > 0 && kept + work + bytes + others > most) {
      return null;
    }
    add(0, bytes);
    return new Reservation(bytes);
  }

  /**
   * The same, but waits for the room.
   *
   * @return null if there was no room in this time
   */
  public synchronized @Nullable Reservation await(boolean isLarge, Duration patience)
      throws InterruptedException {
    long deadline = ticker.nanos() + patience.toNanos();
    for (Reservation made = reserve(isLarge); ; made = reserve(isLarge)) {
      long left = deadline - ticker.nanos();
      if (made != null || left <= 0) {
        return made;
      }
      ticker.awaitMonitor(this, left);
    }
  }

  /**
   * Sets an action that runs, on any thread, each time that there may be room for a reservation
   * again.
   */
  public void onRoom(Runnable look) {
    synchronized (waiting) {
      waiting.add(look);
    }
  }

  private void wake() {
    List<Runnable> all;
    synchronized (waiting) {
      if (waiting.isEmpty()) {
        return;
      }
      all = List.copyOf(waiting);
    }
    all.forEach(Runnable::run);
  }

  /** Whether these bytes are all that is taken. */
  synchronized boolean isAllOf(long bytes) {
    return kept + work <= bytes;
  }

  /** How many bytes the account has in all. */
  public long most() {
    return most;
  }

  /** How many bytes are taken now, to keep something and for work. */
  public synchronized long taken() {
    return kept + work;
  }

  /** The most bytes that were ever taken at a time. */
  public synchronized long highest() {
    return highest;
  }

  /** Room to take one message apart. */
  public final class Reservation implements AutoCloseable {
    private long bytes;
    private long left; // of the work, now counted as kept

    private Reservation(long bytes) {
      this.bytes = bytes;
    }

    /** The size in bytes; 0 once the work is done. */
    public long bytes() {
      synchronized (Ledger.this) {
        return bytes;
      }
    }

    /**
     * Tells that the work is done. A second call changes nothing.
     *
     * @param keeping how many of its bytes stay in use until {@link #close}
     */
    public void done(long keeping) {
      synchronized (Ledger.this) {
        if (bytes == 0) {
          return;
        }
        left = Math.min(bytes, keeping);
        add(left, -bytes);
        bytes = 0;
      }
      wake();
    }

    /** Gives back all of it. A second call changes nothing. */
    @Override
    public void close() {
      done(0);
      long was;
      synchronized (Ledger.this) {
        was = left;
        left = 0;
      }
      if (was > 0) {
        give(was);
      }
    }
  }
}
