package org.qscan.engine.store;

import org.jspecify.annotations.Nullable;

/**
 * The memory in which a message and its parts may stay until a scanner needs files. It is limited
 * for each message, and for all messages by the {@link Ledger}. Where every scan needs files, it
 * has only the parts, until all of them are known: what several views have in common becomes one
 * file, and not one for each view. It also counts the parts of a message, because each part has
 * names and entries in memory, even if the part itself is in a file. For any thread.
 */
public final class MemoryBudget {

  /** The memory that a part needs beside its octets until it has been scanned: names, entries. */
  public static final int PIECE = 768;

  /**
   * How many parts of a message, in all views together, are not counted. Ordinary mail has fewer.
   */
  static final int FREE_PARTS = 100;

  /**
   * The largest share that is possible, because an array that grows by doubling must stay within
   * the limits of Java.
   */
  private static final long LARGEST = 1 << 30;

  private final long perMessage;
  private final boolean forMessages;
  private final Ledger ledger;

  /**
   * Memory for messages.
   *
   * @param perMessage the bytes for one message and all its parts, 1 GiB at most; 0: everything
   *     goes to files
   * @param ledger the account of the memory for all messages
   */
  public MemoryBudget(long perMessage, Ledger ledger) {
    this(perMessage, true, ledger);
  }

  private MemoryBudget(long perMessage, boolean forMessages, Ledger ledger) {
    this.perMessage = Math.min(perMessage, LARGEST);
    this.forMessages = forMessages;
    this.ledger = ledger;
  }

  /**
   * Memory for parts, where the messages themselves go to files as they arrive.
   *
   * @param perMessage bytes for all parts of one message, 1 GiB at most
   * @param ledger has room for all messages
   */
  public static MemoryBudget ofParts(long perMessage, Ledger ledger) {
    return new MemoryBudget(perMessage, false, ledger);
  }

  /** No memory: everything goes to files. */
  public static MemoryBudget none() {
    return new MemoryBudget(0, new Ledger(Long.MAX_VALUE / 4));
  }

  /** Whether a message may stay in memory. */
  public boolean isForMessages() {
    return forMessages && perMessage > 0;
  }

  /** The share of one message that has no reservation for its readers. */
  public Share share() {
    return share(Effort.any(), null);
  }

  /**
   * The share of one message.
   *
   * @param effort what it may cost in this process
   * @param reservation the reservation for its readers, which the share gives back
   */
  public Share share(Effort effort, Ledger.@Nullable Reservation reservation) {
    return new Share(effort, reservation);
  }

  /** The share of one message. */
  public final class Share implements AutoCloseable {
    private final Effort effort;
    private final Ledger.@Nullable Reservation reservation;
    private long own;
    private long entries; // bytes for parts that the reservation does not cover
    private int parts;
    private boolean full;
    private boolean closed;

    private Share(Effort effort, Ledger.@Nullable Reservation reservation) {
      this.effort = effort;
      this.reservation = reservation;
    }

    Effort effort() {
      return effort;
    }

    /** Takes so many bytes. Takes none if there is not enough room. */
    synchronized boolean take(long bytes) {
      if (full || own + bytes > perMessage || !ledger.take(bytes)) {
        return false;
      }
      own += bytes;
      return true;
    }

    /** The same for the message itself. */
    boolean takeForMessage(long bytes) {
      return forMessages && take(bytes);
    }

    synchronized void give(long bytes) {
      if (!full && bytes > 0) {
        own -= bytes;
        ledger.give(bytes);
      }
    }

    /** Gives back all bytes. From now on, nothing can be taken. */
    private synchronized void fill() {
      give(own);
      full = true;
    }

    /**
     * Counts one more part. A message that is alone may have any number, because the limit for a
     * single message is not decided here.
     *
     * @return false if all messages together have too many
     */
    synchronized boolean countPart() {
      if (closed) {
        return false;
      }
      parts++;
      effort.hold(PIECE);
      if (parts * (long) PIECE <= covered()) {
        return true;
      }
      if (!ledger.take(PIECE)) {
        if (!ledger.isAllOf(own + entries + reserved())) {
          parts--;
          return false;
        }
        ledger.force(PIECE);
      }
      entries += PIECE;
      return true;
    }

    /** The part of a reservation that covers parts. The rest is for the readers themselves. */
    private long covered() {
      return Math.max(FREE_PARTS * (long) PIECE, reserved() / 2);
    }

    private long reserved() {
      return reservation == null ? 0 : reservation.bytes();
    }

    /** Tells that the readers have ended, so that only the parts need memory. */
    public synchronized void extracted() {
      if (reservation != null) {
        reservation.done(parts * (long) PIECE - entries);
      }
    }

    /** Gives back everything. From now on, nothing can be taken. */
    @Override
    public synchronized void close() {
      fill();
      if (entries > 0) {
        ledger.give(entries);
        entries = 0;
      }
      if (reservation != null) {
        reservation.close();
      }
      closed = true;
    }
  }
}
