package org.qscan.engine.mime;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.qscan.engine.testing.Mails;

/**
 * Looks for mail that costs more than its size says: {@code samples/bench/costs -c}. A hill
 * climber: mails are made of pieces that mean something to a reader, each repeated; of the dearest
 * so far one is changed, or two are joined, and what is dearer stays. What counts in turn is CPU of
 * what is allowed for the size, and octets of memory for each octet of the mail.
 */
final class CostClimber {

  private static final int LARGEST = 60_000;
  private static final int KEPT = 24;
  private static final int MOST_GENES = 24;
  private static final double FREE = 50e6;

  private static final List<String> PIECES =
      List.of(
          "\n",
          "\r\n",
          "\n\n",
          "=",
          "==",
          ";",
          " ",
          "\t",
          "\0",
          "> ",
          ":",
          "(",
          "\\",
          "\"",
          "--\n",
          "--b\n",
          "--b--\n",
          "\n--b\n",
          "a",
          "QUJD",
          "QUJDREVGR0hJSktMTU5P\n",
          "=41",
          "=4",
          "%41",
          "begin 644 a\n",
          "M86)C\n",
          "=ybegin name=a\n",
          "=yend\n",
          ":" + "!".repeat(40) + "\n",
          "Content-Type: multipart/mixed; boundary=b\n",
          "Content-Type: message/rfc822\n",
          "Content-Type: text/html; charset=utf-7\n",
          "Content-Type: text/plain; format=flowed\n",
          "Content-Type: text/calendar\n",
          "Content-Disposition: attachment; filename=a\n",
          "Content-Transfer-Encoding: base64\n",
          "Content-Transfer-Encoding: x-what\n",
          "Content-Transfer-Encoding: quoted-printable\n",
          "Content-",
          "Content-Type: a/b",
          "; name=a",
          "; name*0*=utf-8''%41",
          "; name*1=b",
          "; boundary=b",
          "; boundary=",
          "; charset=utf-16",
          "; charset=x-none",
          "; charset=ibm037",
          "=?utf-8?b?QUJD?=",
          "=?x?q?",
          "<html>",
          "<a>",
          "data:;base64,",
          "data:,a ",
          "atob('",
          "'+'",
          "&amp;",
          "&#38;",
          "&a;",
          "<!ENTITY a 'b'>",
          "<!ENTITY a '&a;'>",
          "BEGIN:VCARD\n",
          "enc:base64 64:",
          "\n :",
          "+AEE-",
          "\u001b$B",
          "\u00ff\u00fe",
          "a\0",
          "0\u0080",
          "From a\n",
          "X: y\n",
          ".\n");

  /** A piece, so often, and then perhaps all so far in base64. */
  private record Gene(int piece, int times, boolean wrap) {}

  @SuppressWarnings("ArrayRecordComponent") // read, and compared never
  private record Mail(List<Gene> genes, byte[] octets, double share, double memory) {}

  private final Cost cost;
  private final Random random;
  private final double nanosAnOctet;
  private final List<Mail> kept = new ArrayList<>();

  private CostClimber(Cost cost, Random random) throws Exception {
    this.cost = cost;
    this.random = random;
    byte[] ordinary = CostlyMails.ordinary(LARGEST);
    this.nanosAnOctet = (double) cost.best(ordinary, 500) / ordinary.length;
  }

  /**
   * Runs.
   *
   * @param args a directory to work in, another for what is found, and for how many seconds
   */
  public static void main(String[] args) throws Exception {
    Cost cost = new Cost(Path.of(args[0]));
    Path found = Files.createDirectories(Path.of(args[1]));
    long until = System.nanoTime() + Long.parseLong(args[2]) * 1_000_000_000L;
    CostClimber climber = new CostClimber(cost, new Random(12));
    System.out.printf(Locale.ROOT, "ordinary: %.1f ns an octet%n", climber.nanosAnOctet);
    long tries = 0;
    double dearest = 0;
    for (; System.nanoTime() < until; tries++) {
      boolean memory = tries % 4 == 3;
      Mail mail = climber.next(memory);
      if (climber.keep(mail, memory) && mail.share() > dearest) {
        dearest = mail.share();
        System.out.printf(
            Locale.ROOT,
            "after %d: %d octets, %.2f of what is allowed%n",
            tries,
            mail.octets().length,
            dearest);
      }
    }
    climber.report(found, tries);
  }

  private void report(Path found, long tries) throws Exception {
    kept.sort(Comparator.comparingDouble(Mail::share).reversed());
    System.out.println(tries + " mails tried");
    for (int i = 0; i < Math.min(10, kept.size()); i++) {
      Mail mail = kept.get(i);
      double share = share(mail.octets(), 5); // it may have been the machine's
      System.out.printf(
          Locale.ROOT,
          "%6d octets, %5.2f of what is allowed, %7.0f octets of memory an octet%s%n",
          mail.octets().length,
          share,
          mail.memory(),
          cost.wasLimited() ? ", limit" : "");
      Files.write(found.resolve("climbed-" + i), mail.octets());
    }
  }

  private double share(byte[] octets, int times) throws Exception {
    return cost.best(octets, times) / (FREE + 10 * nanosAnOctet * octets.length);
  }

  private Mail next(boolean memory) throws Exception {
    List<Gene> genes = new ArrayList<>();
    if (!kept.isEmpty() && random.nextInt(8) > 0) {
      genes.addAll(kept.get(random.nextInt(kept.size())).genes());
      if (random.nextInt(4) == 0) {
        genes.addAll(
            random.nextInt(genes.size() + 1), kept.get(random.nextInt(kept.size())).genes());
      }
    }
    for (int edit = random.nextInt(3); edit >= 0; edit--) {
      edit(genes);
    }
    while (genes.size() > MOST_GENES) {
      genes.remove(random.nextInt(genes.size()));
    }
    byte[] octets = Mails.octets(text(genes));
    long before = allocated();
    double share = share(octets, 1);
    double allocated = (double) (allocated() - before) / (octets.length + 1000);
    boolean dear = share > worst(memory) || memory;
    return new Mail(
        List.copyOf(genes), octets, dear ? Math.min(share, share(octets, 2)) : share, allocated);
  }

  private void edit(List<Gene> genes) {
    int at = random.nextInt(genes.size() + 1);
    int kind = random.nextInt(4);
    if (at < genes.size() && kind == 0) {
      genes.remove(at);
    } else if (at < genes.size() && kind == 1) {
      Gene gene = genes.get(at);
      int times = Math.max(1, gene.times() * (random.nextBoolean() ? 4 : 1) / 2);
      genes.set(at, new Gene(gene.piece(), times, gene.wrap()));
    } else {
      int times = 1 << random.nextInt(random.nextBoolean() ? 3 : 13);
      genes.add(at, new Gene(random.nextInt(PIECES.size()), times, random.nextInt(30) == 0));
    }
  }

  private static String text(List<Gene> genes) {
    StringBuilder text = new StringBuilder();
    for (Gene gene : genes) {
      String piece = PIECES.get(gene.piece());
      for (int i = 0; i < gene.times() && text.length() < LARGEST; i++) {
        text.append(piece);
      }
      if (gene.wrap() && text.length() < LARGEST / 2) {
        String all = Mails.base64(text.toString());
        text.setLength(0);
        text.append("Content-Transfer-Encoding: base64\n\n").append(all).append('\n');
      }
    }
    return text.toString();
  }

  private double worst(boolean memory) {
    return kept.size() < KEPT ? 0 : value(kept.get(kept.size() - 1), memory);
  }

  private static double value(Mail mail, boolean memory) {
    return memory ? mail.memory() : mail.share();
  }

  private boolean keep(Mail mail, boolean memory) {
    kept.sort(Comparator.comparingDouble((Mail one) -> value(one, memory)).reversed());
    if (value(mail, memory) <= worst(memory)) {
      return false;
    }
    if (kept.size() >= KEPT) {
      kept.remove(kept.size() - 1);
    }
    return kept.add(mail);
  }

  /** Of all threads that there are now; those of readers live on. */
  private static long allocated() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sum = 0;
    for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
      sum += Math.max(0, bytes);
    }
    return sum;
  }
}
