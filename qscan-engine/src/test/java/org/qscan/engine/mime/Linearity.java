package org.qscan.engine.mime;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.rules.RuleTiers;
import org.qscan.engine.store.PartStore;

/**
 * How much longer the reader takes for twice as much of whatever keeps it busy: the second half of
 * {@code samples/bench/views}. Prints a line for each family, and the worst.
 */
final class Linearity {

  private static final Limits NO_LIMITS = new Limits(10_000_000, 1000, 1L << 40);
  private static final long LONG_ENOUGH = 40_000_000;
  private static final int WARM = 5;
  private static final int MOST = 1 << 22;

  private final Path directory;
  private final int rounds;

  private Linearity(Path directory, int rounds) {
    this.directory = directory;
    this.rounds = rounds;
  }

  /**
   * Runs.
   *
   * @param args a directory to work in, and of how many rounds to take medians
   */
  public static void main(String[] args) throws Exception {
    Linearity linearity = new Linearity(Path.of(args[0]), Integer.parseInt(args[1]));
    double worst = 0;
    for (BombTest.Family family : BombTest.families()) {
      worst = Math.max(worst, linearity.measure(family));
    }
    System.out.printf(Locale.ROOT, "%-36s %31.2f%n", "the worst", worst);
  }

  /** The median of the rounds' ratios. */
  private double measure(BombTest.Family family) throws IOException {
    int n = 500;
    while (n < MOST && best(family, n, WARM) < LONG_ENOUGH) {
      n *= 2;
    }
    long[] once = new long[rounds];
    long[] twice = new long[rounds];
    double[] ratios = new double[rounds];
    for (int i = 0; i < rounds; i++) { // before and after: the machine's speed changes meanwhile
      long before = time(family, n);
      twice[i] = time(family, 2 * n);
      once[i] = (before + time(family, n)) / 2;
      ratios[i] = (double) twice[i] / once[i];
    }
    double ratio = Arrays.stream(ratios).sorted().toArray()[rounds / 2];
    System.out.printf(
        Locale.ROOT,
        "%-36s %9d %9d us %9.2f%n",
        family.name(),
        median(once) / 1000,
        median(twice) / 1000,
        ratio);
    return ratio;
  }

  private static long median(long[] times) {
    return Arrays.stream(times).sorted().toArray()[times.length / 2];
  }

  private long best(BombTest.Family family, int n, int times) throws IOException {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < times; i++) {
      best = Math.min(best, time(family, n));
    }
    return best;
  }

  /** Nanoseconds of CPU; until the first limit where there is one that nobody can move. */
  private long time(BombTest.Family family, int n) throws IOException {
    Path mail = directory.resolve("mail");
    Files.writeString(mail, family.mail().apply(n), StandardCharsets.ISO_8859_1);
    Path parts = Files.createDirectory(directory.resolve("parts"));
    GenerousReader reader = new GenerousReader(PartStore.of(parts), NO_LIMITS, RuleTiers.DEFAULT);
    long start = cpu();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(mail))) {
      reader.read(in, mail);
    } catch (OverLimitException e) {
      // Its end comes sooner, then.
    }
    long time = cpu() - start;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(parts)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(parts);
    return time;
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
