package org.qscan.engine.batch;

import java.time.Duration;
import org.qscan.engine.time.Ticker;

/**
 * When the next shared run may begin. Senders answer each other's echo: of those whom one run has
 * answered, most send their next message a moment later, and without a pause the first of them
 * would get a run, and a second of sweep's time, for himself. So under load a run waits for an
 * eighth of the time that the last one took, but never long, counted from when another one began,
 * or ended with several messages. Where nothing has begun or ended for so long, there is no pause.
 *
 * <p>Guarded by the lock of {@link BatchState}.
 */
final class Pace {

  private static final long LONGEST = Duration.ofMillis(200).toNanos();
  private static final long LONGEST_FOR_ARRIVALS = Duration.ofMillis(500).toNanos();

  private long eighth;
  private long quarter;
  private final Ticker ticker;
  private long next;

  Pace(Ticker ticker) {
    this.ticker = ticker;
    this.next = ticker.nanos();
  }

  /** A run begins. */
  void began() {
    postpone(ticker.nanos() + eighth);
  }

  /**
   * A run has ended.
   *
   * @param nanos how long it took
   * @param messages how many it scanned
   */
  void ended(long nanos, int messages) {
    eighth = Math.min(LONGEST, nanos / 8);
    quarter = Math.min(LONGEST_FOR_ARRIVALS, nanos / 4);
    if (messages > 1) {
      postpone(ticker.nanos() + eighth);
    }
  }

  private void postpone(long until) {
    next = until - next > 0 ? until : next;
  }

  /** Nanoseconds until a run may begin; 0 or less: now. */
  long pause() {
    return next - ticker.nanos();
  }

  /**
   * Nanoseconds that a run which has its slot may be held back at most for messages that have
   * arrived: a quarter of what the last run took. Who misses it waits for half a run or more.
   */
  long forArrivals() {
    return quarter;
  }
}
