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
 * The threads that scan. {@link Admission} decides which message is next. {@code
 * daemon.max-connections} limits how many can wait.
 *
 * <p>If each message is scanned by itself, there are as many threads as {@code gate.slots}, and two
 * more for messages that are taken apart meanwhile. If waiting messages share a run of the scanner,
 * each of them has a thread that waits: as many as all slots can serve at a time, up to a limit.
 * The number of messages that are taken apart is limited by the processors and by the heap, because
 * that work uses both.
 */
final class Pool implements AutoCloseable {

  private static final int EXTRACTING = 2;

  /**
   * How many small messages are taken apart at a time for each processor. It is more than one,
   * because some of them wait for a disk or a child.
   */
  private static final int SMALL_FOR_EACH_PROCESSOR = 3;

  private static final int MOST_SHARING = 256;
  private static final int ENDING = 4;
  private static final int IDLE_SECONDS = 60;

  /**
   * How much later a message counts as having come, for each octet: a second for each 10 KB. So
   * large messages wait, and not the others. This is at most ten seconds, so that a large message
   * gets its turn while small ones keep coming.
   */
  private static final long NANOS_AN_OCTET = 100_000;

  private static final long LEAST_NANOS = 100_000_000;
  private static final long MOST_NANOS = 10_000_000_000L;

  private final Admission<Scan> admission = new Admission<>(Ledger.ofThisProcess());
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE, // Admission limits their number
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          daemons("qscan-scan"));
  private final ExecutorService enders = Executors.newFixedThreadPool(ENDING, daemons("qscan-end"));

  /**
   * A pool for scans with this many slots.
   *
   * @param slots {@code gate.slots}
   * @param batch how many messages may share a run; 1 if none do
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

  /** Starts a thread for each message that may go on. Any thread may call this. */
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

  /**
   * Leaves a message, for which no thread can be started, to another thread that takes it after its
   * own. If there is no other thread, the message fails.
   */
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
      letIn(); // now more than one message may go on
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
    } catch (RuntimeException | Error e) { // the answer could not be given, but others wait
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    } finally {
      permit.end();
    }
    if (again) {
      add(scan, true);
    }
  }

  /**
   * Ends a scan. If it only waits, it gives back at once what it holds, however long the others
   * take.
   */
  void cancel(Scan scan) {
    boolean waits = admission.remove(scan, scan.sender());
    scan.giveUp();
    aside(waits ? () -> scan.fail("qscan-client went away") : scan::cancel);
  }

  /** Runs work that may have to wait and that is not a scan. */
  void aside(Runnable work) {
    enders.execute(work);
  }

  int waiting() {
    return admission.waiting();
  }

  int running() {
    return admission.running();
  }

  /** Sets new limits. Messages that are taken apart already count by the old ones. */
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
    try { // a scan that was cancelled removes its directory
      if (threads.awaitTermination(5, TimeUnit.SECONDS)) {
        enders.awaitTermination(1, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
