package org.qscan.engine.testing;

import java.util.List;
import java.util.Random;

/** Random mutations of a scanner's replies; the same ones in every run. */
public final class Mutations {

  /** How many of them a test tries for each dialect. */
  public static final int RUNS = 10_000;

  private final Random random = new Random(20261122);

  /** One to four changes: an octet, a piece taken out, doubled or moved. */
  public String mutate(String text) {
    StringBuilder mutant = new StringBuilder(text);
    for (int i = random.nextInt(4); i >= 0; i--) {
      int length = mutant.length();
      int at = random.nextInt(length + 1);
      int end = Math.min(length, at + 1 + random.nextInt(12));
      String piece = mutant.substring(Math.min(at, end), end);
      switch (random.nextInt(5)) {
        case 0 -> mutant.insert(at, (char) random.nextInt(256));
        case 1 -> mutant.replace(at, Math.min(length, at + 1), octet());
        case 2 -> mutant.delete(at, end);
        case 3 -> mutant.insert(at, piece);
        default -> mutant.delete(at, end).insert(random.nextInt(mutant.length() + 1), piece);
      }
    }
    return mutant.toString();
  }

  private String octet() {
    String likely = "\r\n\0 :0123>%OKFAIL";
    return random.nextBoolean()
        ? String.valueOf(likely.charAt(random.nextInt(likely.length())))
        : String.valueOf((char) random.nextInt(256));
  }

  /** One of them. */
  public <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
