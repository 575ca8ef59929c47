package org.qscan.engine.batch;

import java.time.Duration;
import org.qscan.engine.time.Ticker;

/**
 * Decides when the next shared run may begin. Most senders whose messages were answered by one run
 * send their next message a moment later. Without a pause, the first of these would get a run, and
 * a second of sweep's time, for itself. So under load, a run waits for an eighth of the time that
 * the last one took, but never long. The pause counts from the time when another run began, or when
 * one with several messages ended. If no run has begun or ended within that time, there is no
 * pause.
 *
 * <p>The lock of {@link BatchState} guards it.
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

  /** Tells that a run begins. */
  void began() {
    postpone(ticker.nanos() + eighth);
  }

  /**
   * Tells that a run has ended.
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

  /** How many nanoseconds are left until a run may begin; 0 or less: it may begin now. */
  long pause() {
    return next - ticker.nanos();
  }

  /**
   * How many nanoseconds a run that has its slot may wait for messages that have arrived, at most:
   * a quarter of the time that the last run took. A message that misses the run waits for half a
   * run or more.
   */
  long forArrivals() {
    return quarter;
  }
}
