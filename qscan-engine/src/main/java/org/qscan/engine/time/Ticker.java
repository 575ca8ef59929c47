package org.qscan.engine.time;

import java.io.IOException;
import java.nio.channels.Selector;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/**
 * Elapsed time, and the ways to wait. Code that waits gets a ticker as a parameter, and no other
 * code does. In production it is {@link #SYSTEM}; a test uses one whose time it sets itself.
 *
 * <p>This is not {@link java.time.Clock}, which tells the time of day: an administrator or NTP may
 * set that back, and a thread cannot wait for it.
 */
public interface Ticker {

  /** The time of this computer: {@link System#nanoTime}. */
  Ticker SYSTEM =
      new Ticker() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        @SuppressWarnings("WaitNotInLoop") // the loop is the caller's
        public void await(Condition condition, long nanos) throws InterruptedException {
          condition.await(nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        @SuppressWarnings("WaitNotInLoop") // the loop is the caller's
        public void awaitMonitor(Object monitor, long nanos) throws InterruptedException {
          TimeUnit.NANOSECONDS.timedWait(monitor, nanos);
        }

        @Override
        public int select(Selector selector, long nanos) throws IOException {
          long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
          return millis > 0 ? selector.select(millis) : selector.selectNow(); // 0 were for ever
        }

        @Override
        public void sleep(long nanos) throws InterruptedException {
          TimeUnit.NANOSECONDS.sleep(nanos);
        }
      };

  /** Nanoseconds since an arbitrary instant, so that only differences have a meaning. */
  long nanos();

  /**
   * Waits until the condition is signalled or the time is over, as {@link Condition#awaitNanos}
   * does. It may return before either: call it in a loop that looks at what is waited for.
   *
   * @param condition its lock is held by the caller
   * @param nanos how long at most; 0 or less: not at all
   */
  void await(Condition condition, long nanos) throws InterruptedException;

  /**
   * Waits until somebody notifies the monitor or the time is over, as {@link Object#wait(long)}
   * does. It may return before either: call it in a loop that looks at what is waited for.
   *
   * @param monitor the caller is in a block that is synchronized on it
   * @param nanos how long at most; 0 or less: not at all
   */
  void awaitMonitor(Object monitor, long nanos) throws InterruptedException;

  /**
   * Waits until a channel is ready or the time is over, as {@link Selector#select(long)} does. It
   * may return before either: call it in a loop.
   *
   * @param nanos how long at most, in whole milliseconds; less than one: not at all
   * @return how many channels are ready
   */
  int select(Selector selector, long nanos) throws IOException;

  /**
   * Waits.
   *
   * @param nanos how long; 0 or less: not at all
   */
  void sleep(long nanos) throws InterruptedException;
}
