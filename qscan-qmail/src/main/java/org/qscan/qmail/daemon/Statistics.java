package org.qscan.qmail.daemon;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.qscan.engine.Facts;
import org.qscan.engine.LogLine;

/** What the operator may want to know of the messages since the start. */
final class Statistics {

  private static final String[] VERDICTS = {"clean", "infected", "unscannable", "failed"};

  /** The last of so many messages make the percentiles. */
  private static final int RECENT = 1000;

  private final long started = System.nanoTime();
  private final Map<String, Long> verdicts = new LinkedHashMap<>();
  private final Map<String, Recent> steps = new LinkedHashMap<>();
  private int connections;
  private int mostConnections;
  private long full;

  Statistics() {
    for (String verdict : VERDICTS) {
      verdicts.put(verdict, 0L);
    }
    for (String step : new String[] {"extract", "wait", "scan", "total"}) {
      steps.put(step, new Recent());
    }
  }

  synchronized void count(LogLine line) {
    verdicts.merge(line.verdict(), 1L, Long::sum);
    Facts facts = line.facts();
    add("extract", facts.extractMillis());
    add("wait", facts.waitMillis());
    add("scan", facts.scanMillis());
    add("total", facts.totalMillis());
  }

  private void add(String step, long millis) {
    Recent recent = steps.get(step);
    if (recent != null) {
      recent.add(millis);
    }
  }

  synchronized void connections(int now) {
    connections = now;
    mostConnections = Math.max(mostConnections, now);
  }

  /** There was no room for another connection. */
  synchronized void full() {
    full++;
  }

  /** Names and values, in an order for people. */
  synchronized Map<String, Long> report() {
    Map<String, Long> report = new LinkedHashMap<>();
    report.put("uptime_s", Duration.ofNanos(System.nanoTime() - started).toSeconds());
    report.put("connections", (long) connections);
    report.put("connections_most", (long) mostConnections);
    report.put("connections_full", full);
    verdicts.forEach((verdict, count) -> report.put("messages_" + verdict, count));
    steps.forEach((step, recent) -> {
      for (int percent : new int[] {50, 90, 99}) {
        report.put(step + "_ms_p" + percent, recent.percentile(percent));
      }
    });
    return report;
  }

  private static final class Recent {
    private final long[] values = new long[RECENT];
    private int count;
    private int next;

    void add(long value) {
      values[next] = value;
      next = (next + 1) % RECENT;
      count = Math.min(count + 1, RECENT);
    }

    long percentile(int percent) {
      long[] sorted = Arrays.copyOf(values, count);
      Arrays.sort(sorted);
      return count == 0 ? 0 : sorted[Math.min(count - 1, count * percent / 100)];
    }
  }
}
