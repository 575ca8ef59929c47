package org.qscan.engine.batch;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Messages that have arrived as a whole and are being taken apart, or wait for that: they will want
 * a run in a moment.
 */
final class Arrivals {

  /** Two with less between them belong together, and a third may follow. */
  private static final long GAP = Duration.ofMillis(40).toNanos();

  private final AtomicInteger count = new AtomicInteger();
  private volatile long last = System.nanoTime() - GAP;

  /** One more, until it is closed. */
  Arrival add() {
    count.incrementAndGet();
    last = System.nanoTime();
    return new Arrival(count);
  }

  int count() {
    return count.get();
  }

  /** Whether one has come a moment ago. */
  boolean continues() {
    return System.nanoTime() - last < GAP;
  }
}
