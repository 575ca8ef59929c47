package org.qscan.qmail.daemon;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanEngine;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.scan.ScannerHealth;

/**
 * How the scanners are, for those who ask often: they are asked at most once a minute, and only if
 * somebody wants to know. Asking may take as long as a scan; meanwhile the last answer stands.
 */
final class ScannerWatch {

  private static final Duration AGAIN = Duration.ofMinutes(1);
  private static final Duration FIRST = Duration.ofSeconds(2);

  /**
   * What was found out.
   *
   * @param scanners a sentence or more for each; empty if nothing is known
   * @param failure why not, or what the operator must be told of all of them, else empty
   */
  record Look(List<ScannerHealth> scanners, String failure) {}

  private static final Look NOTHING =
      new Look(List.of(), "the scanners have been asked and have not answered yet");

  private @Nullable ScanEngine asked;
  private CompletableFuture<Look> asking = CompletableFuture.completedFuture(NOTHING);
  private Look last = NOTHING;
  private long began;
  private List<String> alarms = List.of(); // when they were asked

  /** The last answer; waits a little for the first one of an engine. */
  Look look(ScanEngine engine) {
    CompletableFuture<Look> current = refresh(engine);
    Look known = known();
    if (!known.equals(NOTHING)) {
      return known;
    }
    try {
      return current.get(FIRST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return known;
    } catch (ExecutionException | TimeoutException e) {
      return known;
    }
  }

  private synchronized Look known() {
    return last;
  }

  private synchronized CompletableFuture<Look> refresh(ScanEngine engine) {
    long now = System.nanoTime();
    boolean another = !engine.equals(asked);
    List<String> current = engine.alarms();
    boolean due = now - began > AGAIN.toNanos() || !current.equals(alarms);
    if (another || (asking.isDone() && due)) {
      asked = engine;
      alarms = current;
      began = now;
      last = another ? NOTHING : last;
      asking =
          CompletableFuture.supplyAsync(() -> remember(engine, ask(engine)), ScannerWatch::start);
    }
    return asking;
  }

  /** A thread of its own: a scanner that hangs holds up nobody. */
  private static void start(Runnable work) {
    Thread thread = new Thread(work, "qscan-watch");
    thread.setDaemon(true);
    thread.start();
  }

  private synchronized Look remember(ScanEngine engine, Look found) {
    if (engine.equals(asked)) {
      last = found;
    }
    return found;
  }

  private static Look ask(ScanEngine engine) {
    try {
      return new Look(engine.scannerHealth(), engine.alarm());
    } catch (ScanFailure e) {
      return new Look(List.of(), String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) { // of this look; there will be another one
      return new Look(List.of(), Fault.of(e));
    }
  }
}
