package org.qscan.engine.extract;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory in which messages and their parts may stay until a scanner needs files: so much for
 * one message, and so much for all of them. And the number of parts that all of them may have: each
 * has names and entries in memory, wherever it is itself. For any thread.
 */
public final class Memory {

  /** What a part costs beside its octets until it has been scanned: names, entries. */
  static final int PIECE = 768;

  /** Parts of a message, all views together, that are nobody's business: mail has fewer. */
  static final int FREE_PARTS = 100;

  /** What grows by doubling stays within an array, whatever is configured. */
  private static final long LARGEST = 1 << 30;

  private final long perMessage;
  private final long most;
  private final long mostParts;
  private final AtomicLong taken = new AtomicLong();
  private final AtomicLong parts = new AtomicLong();

  /**
   * Memory for messages.
   *
   * @param perMessage bytes for one message and all its parts, 1 GiB at most; 0: everything goes to
   *     files
   * @param most bytes for all messages at a time
   */
  public Memory(long perMessage, long most) {
    this(perMessage, most, Long.MAX_VALUE);
  }

  Memory(long perMessage, long most, long mostParts) {
    this.perMessage = Math.min(perMessage, LARGEST);
    this.most = most;
    this.mostParts = mostParts;
  }

  /** None: everything goes to files. */
  public static Memory none() {
    return new Memory(0, 0);
  }

  /**
   * What there is in a heap of this size: an eighth of it for octets, a quarter for what parts cost
   * beside theirs.
   *
   * @param perMessage as above
   * @param heap bytes
   */
  public static Memory of(long perMessage, long heap) {
    return new Memory(perMessage, heap / 8, heap / 4 / PIECE);
  }

  /** Whether anything stays in memory at all. */
  public boolean isSome() {
    return perMessage > 0;
  }

  /** What one message may have of it. */
  Share share() {
    return new Share();
  }

  /** One message's. */
  final class Share implements AutoCloseable {
    private long own;
    private long ownParts; // those that are not free
    private int freeParts;
    private boolean full;
    private boolean closed;

    /** Takes so many bytes, or none. */
    synchronized boolean take(long bytes) {
      if (full || own + bytes > perMessage) {
        return false;
      }
      if (taken.addAndGet(bytes) > most) {
        taken.addAndGet(-bytes);
        return false;
      }
      own += bytes;
      return true;
    }

    synchronized void give(long bytes) {
      if (!full) {
        own -= bytes;
        taken.addAndGet(-bytes);
      }
    }

    /** Gives back all bytes; there are no more to be had. */
    synchronized void fill() {
      give(own);
      full = true;
    }

    /**
     * One part more. A message whose parts are all that count has as many as it likes: what is too
     * many for one is not decided here.
     *
     * @return false if all messages together have too many
     */
    synchronized boolean countPart() {
      if (closed) {
        return false;
      }
      if (freeParts < FREE_PARTS) {
        freeParts++;
        return true;
      }
      long all = parts.incrementAndGet();
      if (all > mostParts && all > ownParts + 1) {
        parts.decrementAndGet();
        return false;
      }
      ownParts++;
      return true;
    }

    /** Gives back all; there is no more to be had. */
    @Override
    public synchronized void close() {
      fill();
      parts.addAndGet(-ownParts);
      ownParts = 0;
      closed = true;
    }
  }

  /** Bytes in use. */
  long taken() {
    return taken.get();
  }

  /** Parts that count. */
  long parts() {
    return parts.get();
  }
}
