package org.qscan.qmail.daemon;

import java.io.IOException;
import java.time.Duration;
import org.qscan.engine.LogLine;

/** What a connection asks of the server. */
interface ConnectionHost {

  /** What may wait for the disk. */
  interface Write {
    void run() throws IOException;
  }

  /** Says {@link Connection#admitted} when there is a place for it: at once, if there is room. */
  void admit(Connection connection);

  /** How long a message may take to arrive, by how many do at the time. */
  Duration mayTake();

  /** Runs it on a thread of the pool. */
  void submit(Scan scan);

  /** Ends it, on whatever thread. */
  void cancel(Scan scan);

  /**
   * Runs it on a thread that may wait for the disk, and reads nothing more of this connection until
   * it has been told that it is {@linkplain Connection#written written}.
   */
  void write(Connection connection, Write write);

  /** Closes it on a thread that may wait for the disk. */
  void discard(Incoming message);

  /** Calls back on the server's thread; what it throws is the connection's. */
  void later(Connection connection, Runnable callback);

  /** The state of the daemon, a {@code name=value} line each. May take seconds; any thread. */
  String report();

  /** It has its answer: what it says from now on is for the log, and it needs no place. */
  void answered(Connection connection);

  /** It has come to its end. */
  void closed(Connection connection);

  /** Runs it on a thread that may wait; what it throws is the connection's. */
  void aside(Connection connection, Runnable work);

  /** Writes a line to the log and counts it. From any thread. */
  void log(String priority, LogLine line, String caller);
}
