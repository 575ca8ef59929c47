package org.qscan.qmail.daemon;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Limits how many lines about failed messages one user may cause in the log: a failure costs the
 * user nothing, and thousands are possible in a second. Lines that are left out are counted, and a
 * later line tells their number.
 */
final class FailureLines {

  /** The most lines in a second: more than one user's mail server has while its scanner is away. */
  static final int MOST = 100;

  private final Map<String, Count> counts = new HashMap<>();
  private long second;

  private static final class Count {
    private int now;
    private long leftOut;
  }

  /**
   * Counts one more line.
   *
   * @param now of {@link System#nanoTime}
   * @return -1 if it has to be left out; else how many were left out before it
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
