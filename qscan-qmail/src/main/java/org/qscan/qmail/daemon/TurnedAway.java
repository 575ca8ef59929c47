package org.qscan.qmail.daemon;

import java.util.ArrayList;
import java.util.List;

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

  private final int[] many = new int[Why.values().length];

  void add(Why why) {
    many[why.ordinal()]++;
  }

  boolean isNone() {
    return total() == 0;
  }

  private int total() {
    int total = 0;
    for (int one : many) {
      total += one;
    }
    return total;
  }

  /**
   * A line for the log about all of them, which are forgotten then.
   *
   * @param limit {@code daemon.max-connections}
   */
  String tell(int limit) {
    List<String> parts = new ArrayList<>();
    for (Why why : Why.values()) {
      if (many[why.ordinal()] > 0) {
        parts.add(many[why.ordinal()] + " because " + why.words.replace("%d", "" + limit));
      }
    }
    String line = total() + " connections were told to try again: " + String.join("; ", parts);
    for (Why why : Why.values()) {
      many[why.ordinal()] = 0;
    }
    return line;
  }
}
