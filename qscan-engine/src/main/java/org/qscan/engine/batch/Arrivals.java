package org.qscan.engine.batch;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.qscan.engine.time.Ticker;

/**
 * Counts messages that have arrived completely, and that are being taken apart or wait for that.
 * They will need a run in a moment.
 */
final class Arrivals {

  /** The longest time between two arrivals that belong together, so that another one may follow. */
  private static final long GAP = Duration.ofMillis(40).toNanos();

  private final AtomicInteger count = new AtomicInteger();
  private final Ticker ticker;
  private volatile long last;

  Arrivals(Ticker ticker) {
    this.ticker = ticker;
    this.last = ticker.nanos() - GAP;
  }

  /** Counts one more message, until the result is closed. */
  Arrival add() {
    count.incrementAndGet();
    last = ticker.nanos();
    return new Arrival(count);
  }

  int count() {
    return count.get();
  }

  /** Whether a message has arrived a moment ago. */
  boolean continues() {
    return ticker.nanos() - last < GAP;
  }
}
