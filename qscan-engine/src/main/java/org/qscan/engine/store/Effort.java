package org.qscan.engine.store;

/**
 * How much of this process a message may use before it counts as costly: work of its readers in
 * units of {@link Spend}, and memory for what they note. Ordinary mail stays far below. It is no
 * limit on the message: a message that has used it up is stopped, and taken apart again later, at a
 * place where it does not delay others.
 *
 * <p>Work is counted in units and not in time, because on a busy machine every message takes long,
 * even an ordinary one. For any thread.
 */
public final class Effort {

  private final long mostUnits;
  private final long mostBytes;
  private long units;
  private long bytes;
  private volatile boolean spent;

  private Effort(long mostUnits, long mostBytes) {
    this.mostUnits = mostUnits;
    this.mostBytes = mostBytes;
  }

  /** An effort without bounds, for a message whose cost is bounded by other rules. */
  public static Effort any() {
    return new Effort(Long.MAX_VALUE, Long.MAX_VALUE);
  }

  /**
   * An effort that may be spent.
   *
   * @param units the most units of work of all readers together
   * @param bytes the most bytes of memory for the notes of readers
   */
  public static Effort of(long units, long bytes) {
    return new Effort(units, bytes);
  }

  /** Whether it is bounded. */
  public boolean isBounded() {
    return mostUnits != Long.MAX_VALUE;
  }

  /** Ends the effort now, because a program costs more than it may. */
  public void spend() {
    spent = true;
  }

  /** Whether it is used up, so that readers should stop. */
  public boolean isSpent() {
    return spent;
  }

  /** Counts work that is about to be done. False if it is too much. */
  boolean use(long more) {
    if (mostUnits != Long.MAX_VALUE) {
      count(more, 0);
    }
    return !spent;
  }

  /** Counts bytes of memory that are used in addition. */
  void hold(long more) {
    if (mostBytes != Long.MAX_VALUE) {
      count(0, more);
    }
  }

  private synchronized void count(long moreUnits, long moreBytes) {
    units += moreUnits;
    bytes += moreBytes;
    spent |= units > mostUnits || bytes > mostBytes;
  }
}
