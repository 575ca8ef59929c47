package org.qscan.qmail.daemon;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.qscan.engine.Facts;
import org.qscan.engine.LogLine;
import org.qscan.engine.time.Ticker;

/**
 * Statistics of the messages for the operator: counts since the start, and how long each step took
 * lately. Any thread may use it, and its size is bounded.
 */
final class Statistics {

  private static final String[] VERDICTS = {"clean", "infected", "unscannable", "failed"};
  private static final String[] STEPS = {"receive", "extract", "wait", "scan", "total"};
  private static final int[] PERCENTILES = {50, 90, 99};

  /** The percentiles are those of the last one to two periods of this length. */
  static final Duration PERIOD = Duration.ofMinutes(5);

  private final Ticker ticker;
  private final long started;
  private final Map<String, Long> verdicts = new LinkedHashMap<>();
  private Map<String, Histogram> steps = histograms();
  private Map<String, Histogram> stepsBefore = histograms();
  private long periodBegan;
  private int connections;
  private int mostConnections;
  private long full;
  private long faults;
  private long gaveWay;

  Statistics() {
    this(Ticker.SYSTEM);
  }

  /** With another time; for tests. */
  Statistics(Ticker ticker) {
    this.ticker = ticker;
    this.started = ticker.nanos();
    this.periodBegan = started;
    for (String verdict : VERDICTS) {
      verdicts.put(verdict, 0L);
    }
  }

  private static Map<String, Histogram> histograms() {
    Map<String, Histogram> histograms = new LinkedHashMap<>();
    for (String step : STEPS) {
      histograms.put(step, new Histogram());
    }
    return histograms;
  }

  synchronized void count(LogLine line) {
    forget();
    verdicts.merge(line.verdict(), 1L, Long::sum);
    Facts facts = line.facts();
    add("receive", facts.timings().receive().toMillis());
    add("extract", facts.timings().extract().toMillis());
    add("wait", facts.timings().waiting().toMillis());
    add("scan", facts.timings().scan().toMillis());
    add("total", facts.timings().total().toMillis());
  }

  private void add(String step, long millis) {
    Histogram histogram = steps.get(step);
    if (histogram != null) {
      histogram.add(millis);
    }
  }

  /** Forgets values that are older than two periods. */
  private void forget() {
    long periods = (ticker.nanos() - periodBegan) / PERIOD.toNanos();
    if (periods > 0) {
      stepsBefore = periods == 1 ? steps : histograms();
      steps = histograms();
      periodBegan += periods * PERIOD.toNanos();
    }
  }

  synchronized void connections(int now) {
    connections = now;
    mostConnections = Math.max(mostConnections, now);
  }

  /** Counts a connection for which there was no room. */
  synchronized void full() {
    full++;
  }

  /** Counts a connection that was ended to make room for others. */
  synchronized void gaveWay() {
    gaveWay++;
  }

  /** Counts a connection that was ended by a fault of QScan. */
  synchronized void fault() {
    faults++;
  }

  /** The names and values, in an order for people. */
  synchronized Map<String, Long> report() {
    forget();
    Map<String, Long> report = new LinkedHashMap<>();
    report.put("uptime_s", Duration.ofNanos(ticker.nanos() - started).toSeconds());
    report.put("connections", (long) connections);
    report.put("connections_most", (long) mostConnections);
    report.put("connections_full", full);
    report.put("connections_gave_way", gaveWay);
    report.put("connection_faults", faults);
    verdicts.forEach((verdict, count) -> report.put("messages_" + verdict, count));
    steps.forEach((step, now) -> {
      Histogram recent = new Histogram();
      recent.add(now);
      Histogram before = stepsBefore.get(step);
      if (before != null) {
        recent.add(before);
      }
      for (int percent : PERCENTILES) {
        report.put(step + "_ms_p" + percent, recent.percentile(percent));
      }
      report.put(step + "_ms_max", recent.max());
    });
    return report;
  }
}
