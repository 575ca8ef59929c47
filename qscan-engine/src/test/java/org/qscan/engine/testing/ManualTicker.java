package org.qscan.engine.testing;

import java.io.IOException;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import org.qscan.engine.time.Ticker;

/**
 * A time that passes when a test says so, or when somebody sleeps: he wakes at once, and it is as
 * late as he wanted it to be. For tests in which nobody else has to do something meanwhile.
 */
public final class ManualTicker implements Ticker {

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000_000); // it soon overflows

  /** So much time passes. */
  public void advance(Duration duration) {
    now.addAndGet(duration.toNanos());
  }

  /** How much has passed since then. */
  public Duration since(long nanos) {
    return Duration.ofNanos(now.get() - nanos);
  }

  @Override
  public long nanos() {
    return now.get();
  }

  /** Looks every real millisecond, as the caller's loop allows. */
  @Override
  @SuppressWarnings("WaitNotInLoop") // the loop is the caller's
  public void await(Condition condition, long nanos) throws InterruptedException {
    condition.await(1, TimeUnit.MILLISECONDS);
  }

  /** Looks every real millisecond, as the caller's loop allows. */
  @Override
  @SuppressWarnings("WaitNotInLoop") // the loop is the caller's
  public void awaitMonitor(Object monitor, long nanos) throws InterruptedException {
    monitor.wait(1);
  }

  /** Looks every real millisecond, as the caller's loop allows. */
  @Override
  public int select(Selector selector, long nanos) throws IOException {
    return selector.select(1);
  }

  @Override
  public void sleep(long nanos) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    now.addAndGet(Math.max(0, nanos));
  }
}
