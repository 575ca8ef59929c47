package org.qscan.engine.mime;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.extract.Extractor;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.extract.Mime4j;
import org.qscan.engine.extract.Views;
import org.qscan.engine.rules.RuleTiers;
import org.qscan.engine.scan.ScanInput;
import org.qscan.engine.store.Ledger;
import org.qscan.engine.store.MemoryBudget;

/**
 * What it costs to take a mail apart: the CPU of the threads that do it, and nothing else. Where
 * all is in files, what files cost later is part of it: they are looked at before and after the
 * scan, and removed.
 */
final class Cost {

  private static final Limits USUAL = new Limits(2000, 50, 1L << 30);
  private static final Duration LONG = Duration.ofHours(2);
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Path directory;
  private final List<Extractor> extractors;
  private final MemoryBudget memory;
  private final Limits limits;
  private final boolean inFiles;
  private int sessions;
  private boolean limited;
  private int files;
  private long units;
  private double share;

  /**
   * Costs of the readers in this process.
   *
   * @param directory to work in
   */
  Cost(Path directory) {
    this(directory, List.of(new Mime4j(USUAL), new GenerousExtractor(USUAL, RuleTiers.DEFAULT)));
  }

  Cost(Path directory, List<Extractor> extractors) {
    this(directory, extractors, new MemoryBudget(1 << 20, new Ledger(64L << 20)), USUAL, false);
  }

  /** With other limits than those of most tests. */
  Cost(Path directory, Limits limits) {
    this(
        directory,
        List.of(new Mime4j(limits), new GenerousExtractor(limits, RuleTiers.DEFAULT)),
        new MemoryBudget(1 << 20, new Ledger(64L << 20)),
        limits,
        false);
  }

  /** Where all that is made of a mail goes to files, as for a scanner that is a program. */
  static Cost inFiles(Path directory) {
    return new Cost(
        directory,
        List.of(new Mime4j(USUAL), new GenerousExtractor(USUAL, RuleTiers.DEFAULT)),
        MemoryBudget.ofParts(1 << 20, new Ledger(64L << 20)),
        USUAL,
        true);
  }

  private Cost(
      Path directory,
      List<Extractor> extractors,
      MemoryBudget memory,
      Limits limits,
      boolean inFiles) {
    this.inFiles = inFiles;
    this.limits = limits;
    this.memory = memory;
    this.directory = directory;
    this.extractors = List.copyOf(extractors);
  }

  /** Whether the mail before was over a limit. */
  boolean wasLimited() {
    return limited;
  }

  /** Files that were made of the mail before, itself not counted; 0 where it stays in memory. */
  int files() {
    return files;
  }

  /** Units that the mail before has spent, of all readers. */
  long units() {
    return units;
  }

  /** The share of what it may spend that the mail before has spent. */
  double share() {
    return share;
  }

  /** Nanoseconds of CPU for a mail, the least of so many times. */
  long best(byte[] mail, int times) throws IOException, ScanFailure {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < times; i++) {
      best = Math.min(best, of(mail));
    }
    return best;
  }

  /** Nanoseconds of CPU for a mail. */
  long of(byte[] mail) throws IOException, ScanFailure {
    Path session = Files.createDirectory(directory.resolve("session" + ++sessions));
    Map<Long, Long> before = cpu();
    try (Views views = Views.start(() -> session, "cost", extractors, limits, false, memory)) {
      views.message().appendAll(mail, mail.length);
      views.begin();
      views.finish(LONG);
      limited = views.overLimit();
      units = views.message().spend().units();
      share = views.message().spend().share();
      if (inFiles) {
        views.toFiles();
        ScanInput input = ScanInput.asItIs(views.directory());
        files = input.files().size() - 1;
        if (!input.change().isEmpty()) {
          throw new IOException(input.change());
        }
      }
    }
    if (inFiles) {
      clear(session);
    }
    long cost = 0;
    for (Map.Entry<Long, Long> thread : cpu().entrySet()) {
      cost += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
    }
    if (!inFiles) {
      clear(session);
    }
    return cost;
  }

  /** Of each thread: readers have some that outlive a mail, by this name, or use ours. */
  private static Map<Long, Long> cpu() {
    Map<Long, Long> cpu = new HashMap<>();
    cpu.put(Thread.currentThread().getId(), THREADS.getCurrentThreadCpuTime());
    for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
      if (thread != null && thread.getThreadName().startsWith("qscan-reader")) {
        long time = THREADS.getThreadCpuTime(thread.getThreadId());
        if (time >= 0) {
          cpu.put(thread.getThreadId(), time);
        }
      }
    }
    return cpu;
  }

  private static void clear(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes facts)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path left, @Nullable IOException e)
              throws IOException {
            Files.delete(left);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
