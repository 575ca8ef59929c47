package org.qscan.engine.batch;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A message that will need a run in a moment. A run that is about to begin may wait for it. */
public final class Arrival implements AutoCloseable {

  private final AtomicInteger count;
  private final AtomicBoolean open = new AtomicBoolean(true);

  Arrival(AtomicInteger count) {
    this.count = count;
  }

  /**
   * Tells that the message needs a run now, or that it never will. A second call changes nothing.
   */
  @Override
  public void close() {
    if (open.compareAndSet(true, false)) {
      count.decrementAndGet();
    }
  }
}
