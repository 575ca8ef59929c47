package org.qscan.engine.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.assertj.core.api.Assertions;

/** Waits for something that another process or thread brings about. */
public final class Until {

  private static final Duration LONG = Duration.ofMinutes(2);

  private Until() {}

  /**
   * Waits until the condition holds; the test fails when it does not within two minutes.
   *
   * @param what the condition in words
   * @param condition looked at every few milliseconds
   */
  public static void holds(String what, Callable<Boolean> condition) throws Exception {
    if (!holds(LONG, condition)) {
      Assertions.fail("waited " + LONG.toSeconds() + " s in vain until " + what);
    }
  }

  /**
   * Looks again and again, for a fifth of a second, whether the condition still holds; the test
   * fails when it does not. For what must not happen: a busy machine only makes the look less keen.
   *
   * @param what the condition in words
   */
  public static void stays(String what, Callable<Boolean> condition) throws Exception {
    if (holds(Duration.ofMillis(200), () -> !condition.call())) {
      Assertions.fail("it did not stay so: " + what);
    }
  }

  /**
   * Waits until the condition holds.
   *
   * @param patience how long
   * @param condition looked at every few milliseconds
   * @return whether it did in time
   */
  public static boolean holds(Duration patience, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      Thread.sleep(2);
    }
    return true;
  }
}
