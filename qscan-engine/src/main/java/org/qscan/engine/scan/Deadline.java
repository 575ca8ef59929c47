package org.qscan.engine.scan;

import java.net.SocketTimeoutException;
import java.time.Duration;
import org.qscan.engine.time.Ticker;

/**
 * The instant at which waiting ends.
 *
 * @param ticker the time by which it is measured
 * @param nanos as {@link Ticker#nanos()}
 */
public record Deadline(Ticker ticker, long nanos) {

  public static Deadline in(Ticker ticker, Duration time) {
    return new Deadline(ticker, ticker.nanos() + time.toNanos());
  }

  /** The earlier one of this deadline and the one that is so far ahead of now. */
  Deadline orIn(Duration time) {
    Deadline other = in(ticker, time);
    return other.nanos - nanos < 0 ? other : this;
  }

  public boolean isOver() {
    return nanos - ticker.nanos() <= 0;
  }

  /**
   * The nanoseconds that are left, at least 1 million, because not every caller can wait for less.
   *
   * @throws SocketTimeoutException if the deadline is over
   */
  public long nanosLeft() throws SocketTimeoutException {
    long left = nanos - ticker.nanos();
    if (left <= 0) {
      throw new SocketTimeoutException("no answer in time");
    }
    return Math.max(1_000_000, left);
  }
}
