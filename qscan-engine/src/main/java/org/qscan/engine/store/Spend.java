package org.qscan.engine.store;

import org.jspecify.annotations.Nullable;

/**
 * What the readers in this process may spend on one message: work is charged to the message that
 * causes it, and bounded by that message's size, whatever is in it.
 *
 * <p>It counts units and not time, so that the same message gets the same answer on any machine,
 * however busy it is. A unit is about a nanosecond of one processor of 2026: an octet that is
 * looked at in a tight loop. What costs more is charged more: see the callers of {@link
 * Account#take}. A message that has spent all is over a limit; that is a fact about the message,
 * and never "try again".
 *
 * <p>Each reader has an account of its own. The fastest reader would use up a common account, and
 * then the findings in a message would depend on which reader is the fastest.
 */
public final class Spend {

  /** The units that a reader has for any message, however small: about 40 ms. */
  static final long FOR_ANY = 40_000_000;

  /**
   * The units that a reader has for each octet of a message. Ordinary mail of some size takes 20 to
   * 90. The most that was seen is 191 for three megabytes of markup in base64, and 526, including
   * those of {@link #FOR_ANY}, for a mail with 331 small attachments.
   */
  static final long FOR_EACH_OCTET = 200;

  /**
   * Units for a part that is kept, whatever is in it: its names, its entries, and its file. In
   * memory that is a tenth of it. But a file that is made, named, looked at before and after the
   * scan, and removed costs 30 to 60 microseconds, and more on a busy machine; and the answer must
   * depend neither on whether there was memory nor on which scanner there is.
   */
  public static final int PART = 80_000;

  private volatile @Nullable Account last;

  private final Effort effort;

  /** Nothing is spent yet. */
  public Spend() {
    this(Effort.any());
  }

  /**
   * Nothing is spent yet.
   *
   * @param effort what may be spent now; if that is less than a message may cost, the message has
   *     to be read again later
   */
  Spend(Effort effort) {
    this.effort = effort;
  }

  /**
   * An account for another reader.
   *
   * @param reader its name, for the sentence that says that the account is empty
   */
  public synchronized Account account(String reader) {
    Account account = new Account(reader, last, effort);
    last = account;
    return account;
  }

  /** The units that all readers have spent so far. Any thread may ask. */
  public long units() {
    long units = 0;
    for (Account account = last; account != null; account = account.before) {
      units += account.spent;
    }
    return units;
  }

  /** Of all readers, the largest share of its account that one has spent; 1 means all of it. */
  public double share() {
    double share = 0;
    for (Account account = last; account != null; account = account.before) {
      share = Math.max(share, (double) account.spent / account.allowed);
    }
    return share;
  }

  /** What one reader may spend. For its own thread only. */
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
     * Tells how much of the message has been read. Work that a reader does while a message arrives
     * is paid from what has arrived. A message cannot borrow from the rest that is still to come,
     * so the answer is the same whether it came fast or slowly.
     *
     * @param octets from its beginning
     */
    public void arrived(long octets) {
      allowed = Math.max(allowed, FOR_ANY + FOR_EACH_OCTET * octets);
    }

    /**
     * Pays for work that is about to be done.
     *
     * @param units not negative
     * @return false if not enough is left, so that the work must not be done
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes it
    public boolean take(long units) {
      long all = spent + units;
      spent = Math.min(all, allowed); // a debt empties it as well
      return effort.use(units) && all <= allowed;
    }

    /**
     * Counts more heap that the notes of the reader need.
     *
     * @param bytes not negative
     */
    public void hold(long bytes) {
      effort.hold(bytes);
    }

    /** The units spent so far. */
    public long spent() {
      return spent;
    }

    /** The units that may be spent for what has arrived. */
    public long allowed() {
      return allowed;
    }

    /** Says in words why the reader stops. */
    public String why() {
      return "to take it apart, "
          + reader
          + " needs more work than is allowed for a message of this size ("
          + FOR_EACH_OCTET
          + " units an octet)";
    }
  }
}
