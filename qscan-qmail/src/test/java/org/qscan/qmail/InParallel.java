package org.qscan.qmail;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several workers at once, each with a site of its own. */
final class InParallel {

  private InParallel() {}

  /** What a worker does. */
  interface Work {
    void run(Site site, int worker) throws Exception;
  }

  /** Runs the workers and waits for all; throws what the first of them threw. */
  static void each(int workers, Work work) throws Exception {
    each(Front.STANDALONE, workers, work);
  }

  /** The same, with sites of this front end. */
  static void each(Front front, int workers, Work work) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(workers);
    try {
      List<Future<?>> futures = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        int worker = i;
        futures.add(
            pool.submit(() -> {
              try (Site site = Site.create(front)) {
                work.run(site, worker);
              }
              return null;
            }));
      }
      for (Future<?> future : futures) {
        future.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    } finally {
      pool.shutdownNow();
    }
  }
}
