package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.BooleanSupplier;

/** For what another process does in its own time. */
final class Eventually {

  private static final long PATIENCE_MILLIS = 120_000;
  private static final long POLL_MILLIS = 5;

  private Eventually() {}

  /** Waits until something holds; fails if it never does. */
  static void holds(String what, BooleanSupplier condition) {
    assertThat(within(PATIENCE_MILLIS, condition)).as(what).isTrue();
  }

  /**
   * Looks again and again, for as long as given, whether something still holds; fails if not. For
   * what must not happen: a busy machine only makes the look less keen.
   */
  static void stays(long millis, String what, BooleanSupplier condition) {
    assertThat(within(millis, () -> !condition.getAsBoolean())).as("not so: " + what).isFalse();
  }

  /** Waits until something holds; whether it does. */
  static boolean within(long millis, BooleanSupplier condition) {
    long end = System.nanoTime() + millis * 1_000_000;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }
}
