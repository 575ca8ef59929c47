package org.qscan.engine.time;

/**
 * A latch that opens once and releases all threads that wait for it: like a {@link
 * java.util.concurrent.CountDownLatch} with the count 1, but with time as a parameter. Any thread
 * may use it.
 */
public final class Latch {

  private final Ticker ticker;
  private boolean open;

  /** A closed latch. */
  public Latch(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Opens the latch for ever. */
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
