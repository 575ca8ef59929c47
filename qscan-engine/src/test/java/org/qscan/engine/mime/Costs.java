package org.qscan.engine.mime;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What every kind of costly mail costs beside an ordinary one of its size: {@code
 * samples/bench/costs}. Prints a line for each.
 */
final class Costs {

  private static final int WARM = 3000;
  private static final int KIND_WARM = 10;
  private static final int KIND_SIZE = 100_000;
  private static final double FREE = 0.050;

  private Costs() {}

  /**
   * Runs.
   *
   * @param args a directory to work in, the size of the mails, how often each is read, and "files"
   *     where all that is made of one is to be in files; or directories of ordinary mails, of which
   *     those are printed that spend most
   */
  public static void main(String[] args) throws Exception {
    boolean files = args.length > 3 && args[3].equals("files");
    Cost cost = files ? Cost.inFiles(Path.of(args[0])) : new Cost(Path.of(args[0]));
    if (args[1].startsWith("/")) {
      for (String directory : List.of(args).subList(1, args.length)) {
        shares(cost, Path.of(directory));
      }
      return;
    }
    int size = Integer.parseInt(args[1]);
    int times = Integer.parseInt(args[2]);
    long until = System.nanoTime() + WARM * 1_000_000L;
    byte[] usual = CostlyMails.ordinary(size);
    while (System.nanoTime() < until) {
      cost.of(usual);
    }
    // The same for all: else who comes first pays for a compiler that is still at it.
    for (CostlyMails.Kind kind : CostlyMails.all()) {
      for (int i = 0; i < KIND_WARM; i++) {
        cost.of(kind.mail().apply(KIND_SIZE));
      }
    }
    double ordinary = line(cost, "ordinary", usual, times, 0);
    double worst = 0;
    for (CostlyMails.Kind kind : CostlyMails.all()) {
      worst = Math.max(worst, line(cost, kind.name(), kind.mail().apply(size), times, ordinary));
    }
    System.out.printf(Locale.ROOT, "%-36s %41.2f%n", "the worst, of what is allowed", worst);
  }

  private record Share(double share, Path mail, int size, long units) {}

  private static void shares(Cost cost, Path directory) throws Exception {
    List<Share> shares = new ArrayList<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path mail : files.filter(Files::isRegularFile).toList()) {
        byte[] octets = Files.readAllBytes(mail);
        cost.of(octets);
        shares.add(new Share(cost.share(), mail, octets.length, cost.units()));
        if (cost.wasLimited()) {
          System.out.println("over a limit: " + mail);
        }
      }
    }
    shares.sort(Comparator.comparingDouble(Share::share).reversed());
    System.out.printf(Locale.ROOT, "%d mails of %s%n", shares.size(), directory);
    for (Share one : shares.subList(0, Math.min(8, shares.size()))) {
      System.out.printf(
          Locale.ROOT,
          "%6.3f %9d octets %8.2f M %6.1f an octet %s%n",
          one.share(),
          one.size(),
          one.units() / 1e6,
          (double) one.units() / one.size(),
          one.mail().getFileName());
    }
  }

  /** Prints one; returns the seconds of an ordinary one, or which part of what is allowed it is. */
  private static double line(Cost cost, String name, byte[] mail, int times, double ordinary)
      throws Exception {
    double seconds = cost.best(mail, times) / 1e9;
    double allowed = FREE + 10 * (ordinary > 0 ? ordinary : seconds);
    System.out.printf(
        Locale.ROOT,
        "%-36s %9d %9.1f ms %9.3f s/MB %6.2f %7.1f %s%n",
        name,
        mail.length,
        seconds * 1000,
        seconds / mail.length * (1 << 20),
        seconds / allowed,
        cost.units() / 1e6,
        cost.wasLimited() ? "limit" : "");
    return ordinary > 0 ? seconds / allowed : seconds;
  }
}
