package org.qscan.engine.scan;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One scan by a daemon: its deadline, and the connection that is closed when it is broken off. */
public final class ScanCall {

  private static final Duration CONNECT = Duration.ofSeconds(5);

  private final Deadline deadline;
  private @Nullable Closeable connection;
  private boolean cancelled;
  private volatile boolean patient;
  private volatile int share = 1;

  public ScanCall(Deadline deadline) {
    this.deadline = deadline;
  }

  /**
   * From now on, a busy daemon may take as long as the scan may take, because there is no other
   * address to ask.
   */
  public void waitForBusy() {
    patient = true;
  }

  /**
   * Divides the time in which a daemon has to accept the connection among the addresses of one
   * name.
   *
   * @param among how many addresses, 1 or more
   */
  public void shareConnecting(int among) {
    share = among;
  }

  public Deadline deadline() {
    return deadline;
  }

  /**
   * The deadline for what a working daemon does at once: to accept the connection, and to greet.
   */
  public Deadline soon() {
    return patient ? deadline : deadline.orIn(CONNECT.dividedBy(share));
  }

  /** From now on, {@link #cancel()} closes this connection. */
  public synchronized <C extends Closeable> C uses(C used) throws IOException {
    if (cancelled) {
      used.close();
      throw new IOException("the scan was cancelled");
    }
    connection = used;
    return used;
  }

  /** Whether {@link #cancel} was called. */
  public synchronized boolean isCancelled() {
    return cancelled;
  }

  public synchronized void cancel() {
    cancelled = true;
    if (connection != null) {
      try {
        connection.close();
      } catch (IOException e) {
        // The connection is not used any more, and that is all that closing it is for.
      }
    }
  }
}
