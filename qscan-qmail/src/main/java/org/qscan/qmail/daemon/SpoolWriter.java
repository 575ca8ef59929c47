package org.qscan.qmail.daemon;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Threads that wait for the disk, so that the one that serves all does not. What waits for them is
 * in memory, a buffer each; so there are few at a time, and who may need another one is not read
 * until there is. Mail that fits in memory passes by.
 */
final class SpoolWriter implements AutoCloseable {

  private static final int THREADS = 4;

  /** Writes that are under way or wait, at most; each holds what one reading of a socket brings. */
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

  /** Runs it; {@link #ended} has to follow. */
  void write(Runnable write) {
    threads.execute(write);
    underWay++;
  }

  void ended() {
    underWay--;
  }

  /** Runs what is no write of octets: an end. */
  void execute(Runnable work) {
    threads.execute(work);
  }

  /** This one is to be read when there is room. */
  void hold(Connection connection) {
    held.add(connection);
  }

  /** All that were held, to be looked at again; who finds no room is held again, behind them. */
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
