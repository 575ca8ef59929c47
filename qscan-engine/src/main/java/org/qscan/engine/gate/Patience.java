package org.qscan.engine.gate;

import java.time.Duration;

/**
 * How long a message may wait for a slot, and how much of that time is left.
 *
 * @param configured {@code gate.patience}, or longer
 * @param left how much of it is left; may be negative
 */
public record Patience(Duration configured, Duration left) {

  /** A patience of which all is left. */
  public static Patience of(Duration whole) {
    return new Patience(whole, whole);
  }

  /**
   * A patience of which a part is left.
   *
   * @param configured {@code gate.patience}
   * @param left how much is left; if it is more than that, both are this long
   */
  public static Patience of(Duration configured, Duration left) {
    return new Patience(configured.compareTo(left) > 0 ? configured : left, left);
  }

  /** What is left after this many nanoseconds of waiting. */
  public Patience after(long nanos) {
    return new Patience(configured, left.minusNanos(nanos));
  }

  /**
   * The key and its value, and how much of it had passed before; for a sentence to the operator.
   */
  @Override
  public String toString() {
    long over = configured.minus(left).toMillis();
    return "gate.patience "
        + inWords(configured)
        + (over == 0 ? "" : " (" + over + "ms of it had passed before)");
  }

  private static String inWords(Duration duration) {
    long millis = duration.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }
}
