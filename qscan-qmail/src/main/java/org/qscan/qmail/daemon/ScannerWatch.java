package org.qscan.qmail.daemon;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanEngine;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.scan.ScannerHealth;
import org.qscan.engine.time.Latch;
import org.qscan.engine.time.Ticker;

/**
 * The state of the scanners, for callers that ask often. The scanners are asked once a minute at
 * most, and only if somebody wants to know. Asking them may take as long as a scan; meanwhile, the
 * last answer is used.
 */
final class ScannerWatch {

  private static final Duration AGAIN = Duration.ofMinutes(1);
  private static final Duration FIRST = Duration.ofSeconds(2);

  /**
   * The result of a look.
   *
   * @param scanners one or more sentences for each scanner; empty if nothing is known
   * @param failure why nothing is known, or what concerns all scanners; else empty
   */
  record ScannerReports(List<ScannerHealth> scanners, String failure) {}

  private static final ScannerReports NOTHING =
      new ScannerReports(List.of(), "the scanners have been asked and have not answered yet");

  /** A question to the scanners, answered or not. */
  private static final class Inquiry {
    private final Latch ended;
    private volatile ScannerReports found = NOTHING;

    Inquiry(Ticker ticker) {
      ended = new Latch(ticker);
    }
  }

  private final Ticker ticker;
  private @Nullable ScanEngine asked;
  private @Nullable Inquiry asking;
  private ScannerReports last = NOTHING;
  private long began;
  private List<String> alarms = List.of(); // when they were asked

  /** No scanner was asked yet. */
  ScannerWatch(Ticker ticker) {
    this.ticker = ticker;
  }

  /** The last answer. This waits a little for the first answer of an engine. */
  ScannerReports look(ScanEngine engine) {
    Inquiry current = refresh(engine);
    ScannerReports known = known();
    if (!known.equals(NOTHING)) {
      return known;
    }
    try {
      return current.ended.await(FIRST.toNanos()) ? current.found : known;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return known;
    }
  }

  private synchronized ScannerReports known() {
    return last;
  }

  private synchronized Inquiry refresh(ScanEngine engine) {
    long now = ticker.nanos();
    boolean another = !engine.equals(asked);
    List<String> current = engine.alarms();
    boolean due = now - began > AGAIN.toNanos() || !current.equals(alarms);
    Inquiry latest = asking;
    if (latest == null || another || (latest.ended.isOpen() && due)) {
      asked = engine;
      alarms = current;
      began = now;
      last = another ? NOTHING : last;
      Inquiry next = new Inquiry(ticker);
      start(() -> {
        next.found = ask(engine);
        remember(engine, next.found);
        next.ended.open();
      });
      asking = next;
      latest = next;
    }
    return latest;
  }

  /** Runs the work on a thread of its own, because a scanner that hangs must not delay others. */
  private static void start(Runnable work) {
    Thread thread = new Thread(work, "qscan-watch");
    thread.setDaemon(true);
    thread.start();
  }

  private synchronized void remember(ScanEngine engine, ScannerReports found) {
    if (engine.equals(asked)) {
      last = found;
    }
  }

  private static ScannerReports ask(ScanEngine engine) {
    try {
      return new ScannerReports(engine.scannerHealth(), engine.alarm());
    } catch (ScanFailure e) {
      return new ScannerReports(List.of(), String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) { // this look has failed, and there will be another one
      return new ScannerReports(List.of(), Fault.of(e));
    }
  }
}
