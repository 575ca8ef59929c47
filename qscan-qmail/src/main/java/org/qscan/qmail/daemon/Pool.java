package org.qscan.qmail.daemon;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The threads that scan. Messages wait here first come first served; how many there can be is
 * limited by {@code daemon.max-connections}.
 *
 * <p>Where each message is scanned by itself there are as many threads as {@code gate.slots}, and
 * two for what is extracted meanwhile. Where waiting messages share a run of the scanner, each of
 * them has a thread that waits: as many as all slots can serve at a time, up to a bound.
 * Extraction, which uses the processors and the heap, stays limited as before, and by the heap.
 */
final class Pool implements AutoCloseable {

  private static final int EXTRACTING = 2;

  /** Bytes of the heap for a message that is taken apart, at the worst that a sender can do. */
  private static final long HEAP_FOR_EACH = 8 << 20;

  private static final int MOST_SHARING = 256;
  private static final int ENDING = 4;
  private static final int IDLE_SECONDS = 60;

  private final Deque<Scan> backlog = new ArrayDeque<>();
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE, // size is the limit
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          daemons("qscan-scan"));
  private final ExecutorService enders = Executors.newFixedThreadPool(ENDING, daemons("qscan-end"));
  private volatile Semaphore extracting = new Semaphore(0);
  private int size;
  private int running;

  /**
   * For scans with this many slots.
   *
   * @param slots {@code gate.slots}
   * @param batch how many messages may share a run; 1: none
   */
  Pool(int slots, int batch) {
    resize(slots, batch);
  }

  private static ThreadFactory daemons(String name) {
    return work -> {
      Thread thread = new Thread(work, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  void submit(Scan scan) {
    synchronized (backlog) {
      if (running >= size) {
        backlog.add(scan);
        return;
      }
      running++;
    }
    try {
      threads.execute(() -> work(scan));
    } catch (Error e) { // no more threads
      if (!isLeftToOthers(scan)) {
        scan.fail("no thread can be started: " + e);
      }
    }
  }

  /** Whether there is another thread that takes it when it is through with its own. */
  private boolean isLeftToOthers(Scan scan) {
    synchronized (backlog) {
      running--;
      return running > 0 && backlog.add(scan);
    }
  }

  private void work(Scan first) {
    for (Scan scan = first; scan != null; scan = next()) {
      try {
        scan.run(extracting);
      } catch (RuntimeException | Error e) { // the answer could not be given; others wait
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
      }
    }
  }

  /** Another one, or null: the thread has ended, and does not count any more. */
  private @Nullable Scan next() {
    synchronized (backlog) {
      Scan scan = running > size ? null : backlog.poll();
      if (scan == null) {
        running--;
      }
      return scan;
    }
  }

  /** Ends a scan; one that waits gives back what it holds now, however long the others take. */
  void cancel(Scan scan) {
    boolean waits;
    synchronized (backlog) {
      waits = backlog.remove(scan);
    }
    scan.giveUp();
    aside(waits ? () -> scan.fail("qscan-client went away") : scan::cancel);
  }

  /** Runs what may have to wait for something, and is no scan. */
  void aside(Runnable work) {
    enders.execute(work);
  }

  int waiting() {
    synchronized (backlog) {
      return backlog.size();
    }
  }

  int running() {
    synchronized (backlog) {
      return running;
    }
  }

  /** From now on there are so many. What is extracted already counts by the old limit. */
  void resize(int slots, int batch) {
    synchronized (backlog) {
      int sharing = (int) Math.min(MOST_SHARING, (long) slots * batch);
      size = EXTRACTING + (batch == 1 ? slots : Math.max(slots, sharing));
    }
    long room = Math.max(EXTRACTING, Runtime.getRuntime().maxMemory() / HEAP_FOR_EACH);
    extracting = new Semaphore((int) Math.min(slots + (long) EXTRACTING, room), true);
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
