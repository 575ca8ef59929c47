package org.qscan.engine.batch;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.qscan.engine.time.Ticker;

/**
 * Counts messages that have arrived completely and are being taken apart, or wait for that. They
 * will need a run in a moment.
 */
final class Arrivals {

  /** Two with less between them belong together, and a third may follow. */
  private static final long GAP = Duration.ofMillis(40).toNanos();

  private final AtomicInteger count = new AtomicInteger();
  private final Ticker ticker;
  private volatile long last;

  Arrivals(Ticker ticker) {
    this.ticker = ticker;
    this.last = ticker.nanos() - GAP;
  }

  /** One more, until it is closed. */
  Arrival add() {
    count.incrementAndGet();
    last = ticker.nanos();
    return new Arrival(count);
  }

  int count() {
    return count.get();
  }

  /** Whether one has come a moment ago. */
  boolean continues() {
    return ticker.nanos() - last < GAP;
  }
}
