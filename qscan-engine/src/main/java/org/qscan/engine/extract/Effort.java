package org.qscan.engine.extract;

/**
 * How much of this process a message may use before it counts as dear: time of its processors, and
 * memory of its readers. Ordinary mail stays far below. It is no limit on the message: who spends
 * it is given up here and taken apart again later, where it does not stand in the way of others.
 *
 * <p>Time is that of the processors, never that of the clock: on a busy machine every message would
 * be late, the ordinary ones among them. For any thread.
 */
public final class Effort {

  private final long mostNanos;
  private final long mostBytes;
  private long nanos;
  private long bytes;
  private volatile boolean spent;

  private Effort(long mostNanos, long mostBytes) {
    this.mostNanos = mostNanos;
    this.mostBytes = mostBytes;
  }

  /** Any: what a message costs is bounded by other rules. */
  public static Effort any() {
    return new Effort(Long.MAX_VALUE, Long.MAX_VALUE);
  }

  /**
   * An effort that may be spent.
   *
   * @param nanos of processors
   * @param bytes of memory for what readers note of the message
   */
  public static Effort of(long nanos, long bytes) {
    return new Effort(nanos, bytes);
  }

  /** Whether it is over, and nobody should go on. */
  public boolean isSpent() {
    return spent;
  }

  /** Whether anybody counts. */
  boolean isCounted() {
    return mostNanos != Long.MAX_VALUE;
  }

  /** So much time of a processor was used. */
  public synchronized void use(long ofProcessor) {
    nanos += ofProcessor;
    spent |= nanos > mostNanos;
  }

  /** So many bytes more are held. */
  public synchronized void hold(long more) {
    bytes += more;
    spent |= bytes > mostBytes;
  }
}
