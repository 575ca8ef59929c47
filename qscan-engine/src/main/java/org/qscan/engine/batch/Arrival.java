package org.qscan.engine.batch;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A message that will want a run in a moment; a run that is about to begin may wait for it. */
public final class Arrival implements AutoCloseable {

  private final AtomicInteger count;
  private final AtomicBoolean open = new AtomicBoolean(true);

  Arrival(AtomicInteger count) {
    this.count = count;
  }

  /** It wants one now, or never will; may be said again. */
  @Override
  public void close() {
    if (open.compareAndSet(true, false)) {
      count.decrementAndGet();
    }
  }
}
