package org.qscan.qmail.daemon;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Threads that wait for the disk, so that the server's thread need not. Octets that wait for them
 * are in memory, one buffer for each write. So there are few writes at a time, and a connection
 * that may need another one is not read until there is room. Mail that fits in memory is not
 * affected.
 */
final class SpoolWriter implements AutoCloseable {

  private static final int THREADS = 4;

  /** The most writes that are under way or wait. Each holds the octets of one reading. */
  static final int MOST = 16;

  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS,
          work -> {
            Thread thread = new Thread(work, "qscan-spool");
            thread.setDaemon(true);
            return thread;
          });

  private final Queue<Connection> held = new ArrayDeque<>();
  private int underWay;

  /** Whether there is no room for another write now. */
  boolean isFull() {
    return underWay >= MOST;
  }

  /** Runs a write. {@link #ended} has to follow. */
  void write(Runnable write) {
    threads.execute(write);
    underWay++;
  }

  void ended() {
    underWay--;
  }

  /** Runs work that is not a write of octets, such as closing a file. */
  void execute(Runnable work) {
    threads.execute(work);
  }

  /** Remembers a connection that has to be read when there is room. */
  void hold(Connection connection) {
    held.add(connection);
  }

  /**
   * All connections that were remembered, which the caller checks again. If there is no room for
   * one, it is remembered again.
   */
  Queue<Connection> release() {
    Queue<Connection> all = new ArrayDeque<>(held);
    held.clear();
    return all;
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
