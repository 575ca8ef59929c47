package org.qscan.engine.extract;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory in which messages and their parts may stay until a scanner needs files: so much for
 * one message, and so much for all of them. For any thread.
 */
public final class Memory {

  /** What grows by doubling stays within an array, whatever is configured. */
  private static final long LARGEST = 1 << 30;

  private final long perMessage;
  private final long most;
  private final AtomicLong taken = new AtomicLong();

  /**
   * Memory for messages.
   *
   * @param perMessage bytes for one message and all its parts, 1 GiB at most; 0: everything goes to
   *     files
   * @param most bytes for all messages at a time
   */
  public Memory(long perMessage, long most) {
    this.perMessage = Math.min(perMessage, LARGEST);
    this.most = most;
  }

  /** None: everything goes to files. */
  public static Memory none() {
    return new Memory(0, 0);
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
    private boolean closed;

    /** Takes so many bytes, or none. */
    synchronized boolean take(long bytes) {
      if (closed || own + bytes > perMessage) {
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
      if (!closed) {
        own -= bytes;
        taken.addAndGet(-bytes);
      }
    }

    /** Gives back all; there is no more to be had. */
    @Override
    public synchronized void close() {
      give(own);
      closed = true;
    }
  }

  /** Bytes in use. */
  long taken() {
    return taken.get();
  }
}
