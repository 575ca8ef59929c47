package org.qscan.engine.scan;

import java.net.SocketTimeoutException;
import java.time.Duration;
import org.qscan.engine.time.Ticker;

/**
 * The instant at which nobody waits any more.
 *
 * @param ticker whose time it is
 * @param nanos as {@link Ticker#nanos()}
 */
public record Deadline(Ticker ticker, long nanos) {

  public static Deadline in(Ticker ticker, Duration time) {
    return new Deadline(ticker, ticker.nanos() + time.toNanos());
  }

  /** The earlier of this one and one in so much time. */
  Deadline orIn(Duration time) {
    Deadline other = in(ticker, time);
    return other.nanos - nanos < 0 ? other : this;
  }

  public boolean isOver() {
    return nanos - ticker.nanos() <= 0;
  }

  /**
   * Nanoseconds left, at least 1 million: less cannot be waited for everywhere.
   *
   * @throws SocketTimeoutException if none are
   */
  public long nanosLeft() throws SocketTimeoutException {
    long left = nanos - ticker.nanos();
    if (left <= 0) {
      throw new SocketTimeoutException("no answer in time");
    }
    return Math.max(1_000_000, left);
  }
}
