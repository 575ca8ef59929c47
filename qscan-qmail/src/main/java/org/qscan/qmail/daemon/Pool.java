package org.qscan.qmail.daemon;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that scan: as many as {@code gate.slots}, and two for what is extracted meanwhile.
 * Messages wait here first come first served; how many there can be is limited by {@code
 * daemon.max-connections}.
 */
final class Pool implements AutoCloseable {

  private static final int EXTRACTING = 2;
  private static final int ENDING = 4;
  private static final int IDLE_SECONDS = 60;

  private final ThreadPoolExecutor threads;
  private final ExecutorService enders = Executors.newFixedThreadPool(ENDING, daemons("qscan-end"));

  Pool(int slots) {
    int size = slots + EXTRACTING;
    threads =
        new ThreadPoolExecutor(
            size,
            size,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            daemons("qscan-scan"));
    threads.allowCoreThreadTimeOut(true);
  }

  private static ThreadFactory daemons(String name) {
    return work -> {
      Thread thread = new Thread(work, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  void submit(Scan scan) {
    threads.execute(scan);
  }

  /** Ends a scan; one that has not begun is told when it does. */
  void cancel(Scan scan) {
    aside(scan::cancel);
  }

  /** Runs what may have to wait for something, and is no scan. */
  void aside(Runnable work) {
    enders.execute(work);
  }

  int waiting() {
    return threads.getQueue().size();
  }

  int running() {
    return threads.getActiveCount();
  }

  void resize(int slots) {
    int size = slots + EXTRACTING;
    if (size > threads.getMaximumPoolSize()) {
      threads.setMaximumPoolSize(size);
      threads.setCorePoolSize(size);
    } else {
      threads.setCorePoolSize(size);
      threads.setMaximumPoolSize(size);
    }
  }

  @Override
  public void close() {
    threads.shutdown();
    enders.shutdown();
    try { // what was cancelled removes its directory
      if (threads.awaitTermination(5, TimeUnit.SECONDS)) {
        enders.awaitTermination(1, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
