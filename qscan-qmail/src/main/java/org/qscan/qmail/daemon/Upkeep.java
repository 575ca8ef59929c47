package org.qscan.qmail.daemon;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.qscan.engine.LogLine;
import org.qscan.engine.time.Latch;
import org.qscan.engine.time.Ticker;

/**
 * Checks twice a second whether the files that a running qscand needs are still there. If QScan may
 * make them, they are made again. If not, the operator is told once when something is missing, and
 * once when all is well again.
 */
final class Upkeep {

  private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /**
   * The state of one of these files.
   *
   * @param remade what was made again, a sentence each
   * @param trouble what the operator has to mend, a sentence; empty if all is well
   */
  record UpkeepReport(List<String> remade, String trouble) {

    /** All is well. */
    static final UpkeepReport WELL = new UpkeepReport(List.of(), "");
  }

  private final DaemonLog log;
  private final Map<String, Supplier<UpkeepReport>> things;
  private final Map<String, String> troubles = new HashMap<>();
  private final Latch closed;

  private Upkeep(DaemonLog log, Map<String, Supplier<UpkeepReport>> things, Ticker ticker) {
    this.closed = new Latch(ticker);
    this.log = log;
    this.things = things;
  }

  /** Starts the checks, each of which has a name for the log. */
  static Upkeep of(DaemonLog log, Map<String, Supplier<UpkeepReport>> things) {
    Upkeep upkeep = new Upkeep(log, things, Ticker.SYSTEM);
    Thread thread = new Thread(upkeep::run, "qscan-upkeep");
    thread.setDaemon(true);
    thread.start();
    return upkeep;
  }

  private void run() {
    try {
      while (!closed.await(EVERY_NANOS)) {
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    things.forEach((name, thing) -> tell(name, ask(thing)));
  }

  /** Makes a check. An exception is reported, because otherwise the thread would end unnoticed. */
  private static UpkeepReport ask(Supplier<UpkeepReport> thing) {
    try {
      return thing.get();
    } catch (RuntimeException | Error e) {
      return new UpkeepReport(List.of(), "cannot be looked after: " + e);
    }
  }

  private void tell(String name, UpkeepReport report) {
    for (String sentence : report.remade()) {
      log.write("warning", LogLine.escape(sentence, 500));
    }
    String before = troubles.getOrDefault(name, "");
    if (before.equals(report.trouble())) {
      return;
    }
    troubles.put(name, report.trouble());
    if (report.trouble().isEmpty()) {
      log.write("notice", "ALARM is over: " + name + " is well again");
    } else {
      log.write("err", "ALARM: " + LogLine.escape(report.trouble(), 500));
    }
  }

  /** Ends the checks. */
  void close() {
    closed.open();
  }
}
