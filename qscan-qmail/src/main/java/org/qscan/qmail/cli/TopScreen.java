package org.qscan.qmail.cli;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What {@code top} shows: the status, and the messages per second since the last look. */
final class TopScreen {

  private static final String HOME = "\033[H";
  private static final String ERASE_REST_OF_LINE = "\033[K";
  private static final String ERASE_BELOW = "\033[J";
  private static final String MESSAGES = "messages_";
  private static final String MILLIS = "_ms_";

  private long before = -1;
  private long lookedAt;

  /**
   * The screen for a look.
   *
   * @param status the result of {@code DaemonStatus.ask}
   * @param now of {@link System#nanoTime}
   */
  String lines(Map<String, String> status, long now) {
    StringBuilder lines = new StringBuilder();
    long messages = messages(status);
    if (before >= 0 && messages >= before && now > lookedAt) { // otherwise qscand was restarted
      double rate = (messages - before) * 1e9 / (now - lookedAt);
      lines
          .append(StatusCommand.line("messages_per_s", String.format(Locale.ROOT, "%.1f", rate)))
          .append('\n');
    }
    before = messages;
    lookedAt = now;
    compact(status)
        .forEach((name, value) -> lines.append(StatusCommand.line(name, value)).append('\n'));
    return lines.toString();
  }

  /** The figures of a step in one line, so that a terminal of 24 lines has room for most. */
  private static Map<String, String> compact(Map<String, String> status) {
    Map<String, String> compact = new LinkedHashMap<>();
    status.forEach((name, value) -> {
      int unit = name.indexOf(MILLIS);
      if (unit < 0) {
        compact.put(name, value);
      } else {
        String figure =
            String.format(Locale.ROOT, "%-4s%-8s", name.substring(unit + MILLIS.length()), value);
        compact.merge(name.substring(0, unit) + "_ms", figure, String::concat);
      }
    });
    return compact;
  }

  private static long messages(Map<String, String> status) {
    long sum = 0;
    for (Map.Entry<String, String> entry : status.entrySet()) {
      if (entry.getKey().startsWith(MESSAGES)) {
        sum += Long.parseLong(entry.getValue());
      }
    }
    return sum;
  }

  /** The lines for the terminal, from its top, over what was there. */
  static String inPlace(String lines) {
    return HOME + lines.replace("\n", ERASE_REST_OF_LINE + "\n") + ERASE_BELOW;
  }
}
