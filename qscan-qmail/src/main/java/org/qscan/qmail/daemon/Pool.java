package org.qscan.qmail.daemon;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.store.Ledger;

/**
 * The threads that scan. {@link Admission} says which message is next. {@code
 * daemon.max-connections} limits how many can wait.
 *
 * <p>Where each message is scanned by itself there are as many threads as {@code gate.slots}, and
 * two for what is extracted meanwhile. Where waiting messages share a run of the scanner, each of
 * them has a thread that waits: as many as all slots can serve at a time, up to a bound.
 * Extraction, which uses the processors and the heap, is limited by both.
 */
final class Pool implements AutoCloseable {

  private static final int EXTRACTING = 2;

  /** Small messages that are taken apart at a time: some of them wait for a disk or a child. */
  private static final int SMALL_FOR_EACH_PROCESSOR = 3;

  private static final int MOST_SHARING = 256;
  private static final int ENDING = 4;
  private static final int IDLE_SECONDS = 60;

  /**
   * Large messages wait, and not the others: a message is taken as if it had come later, by a tenth
   * of a second and one second for each 10 KB of it. This is at most ten seconds, so that a large
   * message gets its turn while small ones keep coming.
   */
  private static final long NANOS_AN_OCTET = 100_000;

  private static final long LEAST_NANOS = 100_000_000;
  private static final long MOST_NANOS = 10_000_000_000L;

  private final Admission<Scan> admission = new Admission<>(Ledger.ofThisProcess());
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE, // admission is the limit
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          daemons("qscan-scan"));
  private final ExecutorService enders = Executors.newFixedThreadPool(ENDING, daemons("qscan-end"));

  /**
   * For scans with this many slots.
   *
   * @param slots {@code gate.slots}
   * @param batch how many messages may share a run; 1: none
   */
  Pool(int slots, int batch) {
    resize(slots, batch);
    Ledger.ofThisProcess().onRoom(this::letIn);
  }

  private static ThreadFactory daemons(String name) {
    return work -> {
      Thread thread = new Thread(work, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  void submit(Scan scan) {
    add(scan, scan.isLarge());
    letIn();
  }

  private void add(Scan scan, boolean isLarge) {
    long cost = Math.min(MOST_NANOS, LEAST_NANOS + scan.size() * NANOS_AN_OCTET);
    admission.add(scan, scan.sender(), scan.submitted(), cost, isLarge);
  }

  /** Starts a thread for each message that may go on. From any thread. */
  private void letIn() {
    for (Admission<Scan>.Permit next = next(); next != null; next = next()) {
      Admission<Scan>.Permit permit = next;
      try {
        threads.execute(() -> work(permit));
      } catch (Error | RuntimeException e) { // no more threads
        leaveToOthers(permit, e);
        return;
      }
    }
  }

  private Admission<Scan>.@Nullable Permit next() {
    return admission.waiting() == 0 ? null : admission.next(Scan::sender);
  }

  /** There is another thread that takes it when it is through with its own, or there is none. */
  private void leaveToOthers(Admission<Scan>.Permit permit, Throwable why) {
    permit.end();
    Scan scan = permit.message();
    if (admission.running() > 0) {
      add(scan, permit.isLarge());
    } else {
      scan.fail("no thread can be started: " + why);
    }
  }

  private void work(Admission<Scan>.Permit first) {
    for (Admission<Scan>.Permit permit = first; permit != null; permit = next()) {
      run(permit);
      letIn(); // more than one may go on now
    }
  }

  private void run(Admission<Scan>.Permit permit) {
    Scan scan = permit.message();
    boolean again = false;
    try {
      again =
          !scan.run(
              permit.room(),
              permit.isLarge(),
              () -> {
                permit.extracted();
                letIn();
              });
    } catch (RuntimeException | Error e) { // the answer could not be given; others wait
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    } finally {
      permit.end();
    }
    if (again) {
      add(scan, true);
    }
  }

  /** Ends a scan; one that waits gives back what it holds now, however long the others take. */
  void cancel(Scan scan) {
    boolean waits = admission.remove(scan, scan.sender());
    scan.giveUp();
    aside(waits ? () -> scan.fail("qscan-client went away") : scan::cancel);
  }

  /** Runs what may have to wait for something, and is no scan. */
  void aside(Runnable work) {
    enders.execute(work);
  }

  int waiting() {
    return admission.waiting();
  }

  int running() {
    return admission.running();
  }

  /** From now on there are so many. What is extracted already counts by the old limit. */
  void resize(int slots, int batch) {
    int sharing = (int) Math.min(MOST_SHARING, (long) slots * batch);
    int size = EXTRACTING + (batch == 1 ? slots : Math.max(slots, sharing));
    int processors = Runtime.getRuntime().availableProcessors();
    admission.resize(
        size,
        Math.max(EXTRACTING, Math.min(size, SMALL_FOR_EACH_PROCESSOR * processors)),
        Math.max(1, processors / 2));
    letIn();
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
