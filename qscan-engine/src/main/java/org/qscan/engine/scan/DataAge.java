package org.qscan.engine.scan;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Adds a note to a message if virus data are too old, or if they have changed. */
final class DataAge {

  private static final Duration ZONES = Duration.ofDays(1);

  private final Duration limit;
  private final Map<String, Instant> seen = new ConcurrentHashMap<>();

  /**
   * Checks against this limit.
   *
   * @param limit {@code data.max-age}
   */
  DataAge(Duration limit) {
    this.limit = limit;
  }

  Duration limit() {
    return limit;
  }

  void note(VirusScanner scanner, List<String> notes) {
    Instant date = scanner.dataDate();
    if (date == null) {
      return;
    }
    Instant before = seen.put(scanner.name(), date);
    if (before != null && !before.equals(date)) {
      notes.add(scanner.name() + ": new virus data, of " + date);
    }
    Instant now = Instant.now();
    if (isTooOld(date, limit, now)) {
      notes.add(scanner.name() + ": " + tooOld(date, limit));
    } else if (isInFuture(date, now)) {
      notes.add(scanner.name() + ": " + inFuture(date));
    }
  }

  static boolean isTooOld(Instant date, Duration limit, Instant now) {
    return date.plus(limit).isBefore(now);
  }

  /**
   * Whether the date is later than now by more than a time zone explains (scanners do not name
   * theirs).
   */
  static boolean isInFuture(Instant date, Instant now) {
    return date.minus(ZONES).isAfter(now);
  }

  /** The sentence for log and operator. */
  static String inFuture(Instant date) {
    return "the virus data have a date in the future, "
        + date
        + ": correct the clock of this host or that of the scanner's update; until then data.max-age"
        + " cannot tell whether they are too old";
  }

  /** The sentence for log and operator. */
  static String tooOld(Instant date, Duration limit) {
    long hours = limit.toHours();
    return "the virus data of "
        + date
        + " are older than data.max-age="
        + (hours % 24 == 0 ? hours / 24 + "d" : hours + "h")
        + ": is the update broken?";
  }
}
