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
   * From now on one that is busy is waited for as long as the scan may take: nobody else is there
   * to be asked.
   */
  public void waitForBusy() {
    patient = true;
  }

  /**
   * How many share the time in which a daemon should accept: the addresses of one name.
   *
   * @param among 1 or more
   */
  public void shareConnecting(int among) {
    share = among;
  }

  public Deadline deadline() {
    return deadline;
  }

  /** For what a daemon that lives does at once: to accept, to greet. */
  public Deadline soon() {
    return patient ? deadline : deadline.orIn(CONNECT.dividedBy(share));
  }

  /** From now on it is this connection that {@link #cancel()} closes. */
  public synchronized <C extends Closeable> C uses(C used) throws IOException {
    if (cancelled) {
      used.close();
      throw new IOException("the scan was broken off");
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
        // Nobody waits on it any more, and that was all.
      }
    }
  }
}
