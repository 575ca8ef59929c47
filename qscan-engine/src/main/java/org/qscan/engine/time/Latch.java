package org.qscan.engine.time;

/**
 * Opens once, and whoever waits for that goes on: a {@link java.util.concurrent.CountDownLatch} of
 * one, whose time is a parameter. For any thread.
 */
public final class Latch {

  private final Ticker ticker;
  private boolean open;

  /** Closed. */
  public Latch(Ticker ticker) {
    this.ticker = ticker;
  }

  /** For ever. */
  public synchronized void open() {
    open = true;
    notifyAll();
  }

  /** Whether {@link #open} was called. */
  public synchronized boolean isOpen() {
    return open;
  }

  /**
   * Waits until it is open.
   *
   * @param nanos how long at most; 0 or less: not at all
   * @return whether it is open
   */
  public synchronized boolean await(long nanos) throws InterruptedException {
    long end = ticker.nanos() + nanos;
    for (long left = nanos; !open && left > 0; left = end - ticker.nanos()) {
      ticker.awaitMonitor(this, left);
    }
    return open;
  }
}
