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

  /** Any: what a message costs is bounded by other rules. */
  public static Effort any() {
    return new Effort(Long.MAX_VALUE, Long.MAX_VALUE);
  }

  /**
   * An effort that may be spent.
   *
   * @param units of work, of all readers together
   * @param bytes of memory for what readers note of the message
   */
  public static Effort of(long units, long bytes) {
    return new Effort(units, bytes);
  }

  /** Whether there is an end to it. */
  public boolean isBounded() {
    return mostUnits != Long.MAX_VALUE;
  }

  /** It is over now: a program costs more than it may with this. */
  public void spend() {
    spent = true;
  }

  /** Whether it is over, and nobody should go on. */
  public boolean isSpent() {
    return spent;
  }

  /** So much work is to be done; false if it is too much. */
  boolean use(long more) {
    if (mostUnits != Long.MAX_VALUE) {
      count(more, 0);
    }
    return !spent;
  }

  /** So many bytes more are held. */
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
