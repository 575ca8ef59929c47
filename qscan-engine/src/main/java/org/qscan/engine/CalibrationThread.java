package org.qscan.engine;

import java.time.Duration;
import org.qscan.engine.gate.SessionLease;
import org.qscan.engine.gate.WorkDirectory;
import org.qscan.engine.scan.CalibratedScanner;
import org.qscan.engine.scan.Panel;
import org.qscan.engine.time.Latch;
import org.qscan.engine.time.Ticker;

/**
 * Calibrates the scanners of an engine when plain mail asks for it, and looks after what they have
 * proved, in a thread of its own: no message waits for it.
 */
final class CalibrationThread implements Runnable {

  private static final Duration EVERY = Duration.ofSeconds(2);
  private static final Duration AT_MOST = Duration.ofSeconds(60);

  private final Panel panel;
  private final WorkDirectory work;
  private final Latch stop;

  CalibrationThread(Panel panel, WorkDirectory work, Ticker ticker) {
    this.panel = panel;
    this.work = work;
    this.stop = new Latch(ticker);
  }

  void start() {
    Thread thread = new Thread(this, "qscan-calibration");
    thread.setDaemon(true);
    thread.start();
  }

  /** Nothing is proved any more, and no connection is kept open. */
  void stop() {
    stop.open();
  }

  @Override
  public void run() {
    try {
      while (!stop.await(EVERY.toNanos())) {
        step();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      panel.calibrated().forEach(CalibratedScanner::endProofs);
    }
  }

  /** What is wrong with a scanner or the work directory, the messages tell. */
  private void step() {
    try {
      panel.calibrated().forEach(CalibratedScanner::lookAfterProofs);
      if (panel.wantsCalibration()) {
        try (SessionLease lease = work.enter()) {
          for (CalibratedScanner scanner : panel.calibrated()) {
            scanner.calibrate(lease.id(), AT_MOST, false);
          }
        }
      }
    } catch (ScanFailure | RuntimeException e) {
      // Nothing new is proved, and mail is shown as message and parts; it is tried again.
    }
  }
}
