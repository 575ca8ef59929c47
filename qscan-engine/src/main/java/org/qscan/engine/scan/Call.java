package org.qscan.engine.scan;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One scan by a daemon: its deadline, and the connection that is closed when it is broken off. */
final class Call {

  private static final Duration CONNECT = Duration.ofSeconds(5);

  private final Deadline deadline;
  private @Nullable Connection connection;
  private boolean cancelled;

  Call(Deadline deadline) {
    this.deadline = deadline;
  }

  Deadline deadline() {
    return deadline;
  }

  /** For what a daemon that lives does at once: to accept, to greet. */
  Deadline soon() {
    return deadline.orIn(CONNECT);
  }

  /** From now on it is this connection that {@link #cancel()} closes. */
  synchronized Connection uses(Connection used) throws IOException {
    if (cancelled) {
      used.close();
      throw new IOException("the scan was broken off");
    }
    connection = used;
    return used;
  }

  synchronized boolean isCancelled() {
    return cancelled;
  }

  synchronized void cancel() {
    cancelled = true;
    if (connection != null) {
      connection.close();
    }
  }
}
