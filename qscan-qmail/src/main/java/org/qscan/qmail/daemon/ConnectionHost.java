package org.qscan.qmail.daemon;

import java.io.IOException;
import java.time.Duration;
import org.qscan.engine.LogLine;

/** What a connection asks of the server. */
interface ConnectionHost {

  /** Work that may have to wait for the disk. */
  interface Write {
    void run() throws IOException;
  }

  /**
   * Calls {@link Connection#admitted} when there is a place for the connection: at once, if there
   * is room.
   */
  void admit(Connection connection);

  /** How long a message may take to arrive, by the number of messages that arrive now. */
  Duration mayTake();

  /** Runs a scan on a thread of the pool. */
  void submit(Scan scan);

  /** Ends a scan, on any thread. */
  void cancel(Scan scan);

  /**
   * Runs a write on a thread that may wait for the disk. Nothing more is read from this connection
   * until {@link Connection#written} has been called.
   */
  void write(Connection connection, Write write);

  /** Closes a message on a thread that may wait for the disk. */
  void discard(Incoming message);

  /** Runs the callback on the server's thread. An exception ends this connection only. */
  void later(Connection connection, Runnable callback);

  /**
   * The state of the daemon, as lines {@code name=value}. This may take seconds. Any thread may
   * call it.
   */
  String report();

  /**
   * Tells that the connection has its answer. What its client says from now on is for the log only,
   * and it needs no place.
   */
  void answered(Connection connection);

  /** Tells that the connection has ended. */
  void closed(Connection connection);

  /** Runs work on a thread that may wait. An exception ends this connection only. */
  void aside(Connection connection, Runnable work);

  /** Writes a line to the log, and counts it. Any thread may call this. */
  void log(String priority, LogLine line, String caller);
}
