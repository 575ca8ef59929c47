package org.qscan.engine.scan;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The instant at which nobody waits any more.
 *
 * @param nanos as {@link System#nanoTime()}
 */
public record Deadline(long nanos) {

  public static Deadline in(Duration time) {
    return new Deadline(System.nanoTime() + time.toNanos());
  }

  /** The earlier of this one and one in so much time. */
  Deadline orIn(Duration time) {
    Deadline other = in(time);
    return other.nanos - nanos < 0 ? other : this;
  }

  public boolean isOver() {
    return nanos - System.nanoTime() <= 0;
  }

  /**
   * Milliseconds left, at least 1.
   *
   * @throws SocketTimeoutException if none are
   */
  public long millisLeft() throws SocketTimeoutException {
    long left = nanos - System.nanoTime();
    if (left <= 0) {
      throw new SocketTimeoutException("no answer in time");
    }
    return Math.max(1, TimeUnit.NANOSECONDS.toMillis(left));
  }
}
