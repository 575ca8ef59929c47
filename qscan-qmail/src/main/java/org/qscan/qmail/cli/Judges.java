package org.qscan.qmail.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.qscan.engine.ScanEngine;

/** Judges several messages at a time, with a {@link Judge} for each; they share an engine. */
final class Judges implements AutoCloseable {

  private final List<Judge> all = new ArrayList<>();
  private final LinkedBlockingQueue<Judge> free = new LinkedBlockingQueue<>();
  private final ScanEngine engine;
  private final ExecutorService threads;

  /**
   * Judges this many messages at a time.
   *
   * @param jobs 1 or more
   */
  Judges(ScanEngine engine, int jobs) {
    this.engine = engine;
    for (int i = 0; i < jobs; i++) {
      all.add(new Judge(engine));
    }
    free.addAll(all);
    threads =
        Executors.newFixedThreadPool(
            jobs,
            work -> {
              Thread thread = new Thread(work, "qscan-judge");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Judges a message when its turn has come. {@link #wait(Future, Path)} returns the answer. */
  Future<FileOutcome> judge(Path file) {
    Callable<FileOutcome> work =
        () -> {
          Judge judge = free.take(); // there are as many as threads
          try {
            return judge.judge(file);
          } finally {
            free.add(judge);
          }
        };
    return threads.submit(work);
  }

  /** Waits for the outcome of a message. */
  static FileOutcome wait(Future<FileOutcome> judged, Path file) {
    try {
      return judged.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return FileOutcome.failed(file, "interrupted");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      return FileOutcome.failed(file, String.valueOf(cause));
    }
  }

  /** Waits for a short time until everything is cleaned up after the last message. */
  void rest() {
    engine.rest();
  }

  /** Whether they were closed. Then the last results do not count. */
  boolean isClosed() {
    return all.get(0).isClosed();
  }

  /** Ends all scans, and begins no other one. */
  @Override
  public void close() {
    threads.shutdownNow();
    all.forEach(Judge::close);
    rest();
  }
}
