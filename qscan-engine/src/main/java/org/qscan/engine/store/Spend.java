package org.qscan.engine.store;

import org.jspecify.annotations.Nullable;

/**
 * What the readers in this process may spend on one message: work is charged to the message that
 * causes it, and bounded by that message's size, whatever is in it.
 *
 * <p>It counts units and no time, so that the same message gets the same answer on any machine,
 * however busy. A unit is about a nanosecond of one processor of 2026: an octet that is looked at
 * in a tight loop. What costs more is charged more: see the callers of {@link Account#take}. A
 * message that has spent all is over a limit; that is a fact about the message, and never "try
 * again".
 *
 * <p>Each reader has an account of its own. The fastest reader would use up a common account, and
 * then the findings in a message would depend on which reader is the fastest.
 */
public final class Spend {

  /** Units that a reader has for any message, however small: about 40 ms. */
  static final long FOR_ANY = 40_000_000;

  /**
   * Units that a reader has for each octet of a message. Ordinary mail of some size takes 20 to 90;
   * one of three megabytes of markup in base64 was seen to take 191, one of 331 small attachments
   * 526 with those of {@link #FOR_ANY}.
   */
  static final long FOR_EACH_OCTET = 200;

  private volatile @Nullable Account last;

  private final Effort effort;

  /** Nothing is spent yet. */
  public Spend() {
    this(Effort.any());
  }

  /**
   * Nothing is spent yet.
   *
   * @param effort what may be spent at this time; with less than a message may cost, it is to be
   *     read again later
   */
  Spend(Effort effort) {
    this.effort = effort;
  }

  /**
   * Another reader's account.
   *
   * @param reader its name, for the sentence that says that the account is empty
   */
  public synchronized Account account(String reader) {
    Account account = new Account(reader, last, effort);
    last = account;
    return account;
  }

  /** Units that all readers have spent so far; from any thread. */
  public long units() {
    long units = 0;
    for (Account account = last; account != null; account = account.before) {
      units += account.spent;
    }
    return units;
  }

  /** The share of its account that the reader has spent which has spent most; 1: all of it. */
  public double share() {
    double share = 0;
    for (Account account = last; account != null; account = account.before) {
      share = Math.max(share, (double) account.spent / account.allowed);
    }
    return share;
  }

  /** What one reader may spend; for its thread. */
  public static final class Account {
    private final String reader;
    private final @Nullable Account before;
    private final Effort effort;
    private volatile long spent;
    private volatile long allowed = FOR_ANY;

    private Account(String reader, @Nullable Account before, Effort effort) {
      this.effort = effort;
      this.reader = reader;
      this.before = before;
    }

    /**
     * So much of the message has been read. What a reader does while a message arrives has to be
     * paid from what has arrived, so that a message of which the rest is still to come cannot
     * borrow on it, and the answer is the same whether it came fast or slowly.
     *
     * @param octets from its beginning
     */
    public void arrived(long octets) {
      allowed = Math.max(allowed, FOR_ANY + FOR_EACH_OCTET * octets);
    }

    /**
     * Pays for work that is to be done next.
     *
     * @param units not negative
     * @return false if there is not as much left: the work is not to be done
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes it
    public boolean take(long units) {
      long all = spent + units;
      spent = Math.min(all, allowed); // with a debt it is empty, too
      return effort.use(units) && all <= allowed;
    }

    /**
     * So much more of the heap is held for what the reader has noted of the message.
     *
     * @param bytes not negative
     */
    public void hold(long bytes) {
      effort.hold(bytes);
    }

    /** Units spent so far. */
    public long spent() {
      return spent;
    }

    /** Units that may be spent, for what has arrived. */
    public long allowed() {
      return allowed;
    }

    /** Why no more is done, in words. */
    public String why() {
      return "to take it apart, "
          + reader
          + " needs more work than is allowed for a message of this size ("
          + FOR_EACH_OCTET
          + " units an octet)";
    }
  }
}
