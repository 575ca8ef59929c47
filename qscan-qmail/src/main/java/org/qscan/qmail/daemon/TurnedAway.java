package org.qscan.qmail.daemon;

import java.util.EnumMap;
import java.util.Map;

/** How many connections were told to try again, and why; for the server's thread. */
final class TurnedAway {

  /** Why one of them was. */
  enum Why {
    /** All places are taken, and of those who wait for one its sender has most. */
    WAITING("all places (daemon.max-connections=%d) are taken, and more of the same sender wait"),
    /** Too many have said nothing, and its user has most of these. */
    SILENT("they had sent no request yet, and neither had many others of the same user"),
    /** Too many come at a time, and its user has most of these. */
    ARRIVING("the same user opened connections faster than qscand can take them");

    private final String words;

    Why(String words) {
      this.words = words;
    }
  }

  private final Map<Why, Integer> many = new EnumMap<>(Why.class);

  void add(Why why) {
    many.merge(why, 1, Integer::sum);
  }

  boolean isNone() {
    return many.isEmpty();
  }

  /**
   * A line for the log about all of them, which are forgotten then.
   *
   * @param limit {@code daemon.max-connections}
   */
  String tell(int limit) {
    int total = 0;
    StringBuilder reasons = new StringBuilder();
    for (Map.Entry<Why, Integer> one : many.entrySet()) {
      total += one.getValue();
      reasons
          .append(reasons.isEmpty() ? ": " : "; ")
          .append(one.getValue())
          .append(" because ")
          .append(one.getKey().words.replace("%d", Integer.toString(limit)));
    }
    many.clear();
    return total + " connections were told to try again" + reasons;
  }
}
