package org.qscan.qmail.daemon;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Limits how many lines of failed messages one user may cause in the log: a failure costs him
 * nothing, and he can cause thousands in a second. Lines that are left out are counted, and the
 * next line tells their number.
 */
final class FailureLines {

  /** In a second; more than a mail server of one user's own has with its scanner away. */
  static final int MOST = 100;

  private final Map<String, Count> counts = new HashMap<>();
  private long second;

  private static final class Count {
    private int now;
    private long leftOut;
  }

  /**
   * One more.
   *
   * @param now of {@link System#nanoTime}
   * @return -1 if it is to be left out; else how many were before it
   */
  synchronized long oneMore(String user, long now) {
    long current = TimeUnit.NANOSECONDS.toSeconds(now);
    if (current != second) {
      second = current;
      counts.values().removeIf(count -> count.leftOut == 0);
      counts.values().forEach(count -> count.now = 0);
    }
    Count count = counts.computeIfAbsent(user, it -> new Count());
    count.now++;
    if (count.now > MOST) {
      count.leftOut++;
      return -1;
    }
    long leftOut = count.leftOut;
    count.leftOut = 0;
    return leftOut;
  }
}
