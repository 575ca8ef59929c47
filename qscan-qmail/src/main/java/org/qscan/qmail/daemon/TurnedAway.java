package org.qscan.qmail.daemon;

import java.util.EnumMap;
import java.util.Map;

/** Counts connections that were told to try again, and why. For the server's thread. */
final class TurnedAway {

  /** Why a connection was told to try again. */
  enum Why {
    /** All places are taken, and of those that wait for one, the most are of the same sender. */
    WAITING("all places (daemon.max-connections=%d) are taken, and more of the same sender wait"),
    /** Too many connections have sent nothing, and the most of these are of the same user. */
    SILENT("they had sent no request yet, and neither had many others of the same user"),
    /** Too many connections come at a time, and the most of these are of the same user. */
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
   * A line for the log about all of them. After that, they are forgotten.
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
