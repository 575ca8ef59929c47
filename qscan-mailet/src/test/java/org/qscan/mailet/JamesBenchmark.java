package org.qscan.mailet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.testing.Until;

/**
 * What scanning costs a James server, for {@code samples/bench/james}: the same mails to the same
 * server without us, with the mailet and with the hook, in one run. Every tenth is infected. Mails
 * that get past are counted by a matcher of James' own that looks for our verdict, and dropped: the
 * server keeps mail in memory.
 *
 * <p>Arguments: mails, bytes of each, senders at a time.
 */
final class JamesBenchmark {

  private static final String KEEP_UNSCANNED =
      """
      <mailet match="HasMailAttributeWithValue=org.qscan.verdict, clean" class="Null"/>
      <mailet match="All" class="ToRepository">
        <repositoryPath>memory://var/mail/unscanned/</repositoryPath>
      </mailet>
      """;

  private static final String DROP = "<mailet match=\"All\" class=\"Null\"/>";
  private static final int INFECTED_EVERY = 10;

  private static final String SUBJECT = "Subject: mail ";
  private static final int NUMBER_AT = SUBJECT.length();

  private final int mails;
  private final int bytes;
  private final int atATime;
  private final byte[] clean;
  private final byte[] infected;

  private JamesBenchmark(int mails, int bytes, int atATime) {
    this.mails = mails;
    this.bytes = bytes;
    this.atATime = atATime;
    clean = letter(Mails.text("the end"));
    infected = letter(Mails.attachment("filename=\"eicar.com\"", Mails.eicar()));
  }

  public static void main(String[] args) throws Exception {
    new JamesBenchmark(
            Integer.parseInt(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]))
        .run();
  }

  private void run() throws Exception {
    System.out.printf(
        Locale.ROOT,
        "%d mails of %d bytes, %d at a time, every %dth infected; James 3.8.1, heap 512 MB%n",
        mails,
        bytes,
        atATime,
        INFECTED_EVERY);
    try (Site site = Site.create();
        James james = James.at(site).mailet(DROP).start()) {
      measure("no scanner", site, james);
    }
    try (Site site = Site.create();
        James james =
            James.at(site)
                .virusScan("<onMailetException>later</onMailetException>")
                .mailet(KEEP_UNSCANNED)
                .processor("virus", DROP)
                .repository("later")
                .start()) {
      measure("mailet", site, james);
    }
    try (Site site = Site.create();
        James james =
            James.at(site)
                .module()
                .hook()
                .virusScan("<onMailetException>later</onMailetException>")
                .mailet(KEEP_UNSCANNED)
                .processor("virus", DROP)
                .repository("later")
                .start()) {
      measure("hook and mailet", site, james);
    }
  }

  private void measure(String name, Site site, James james) throws Exception {
    james.send(letter(0)); // warms up
    AtomicLongArray nanos = new AtomicLongArray(mails);
    Map<String, Integer> answers = new TreeMap<>();
    long start = System.nanoTime();
    try (InParallel senders = new InParallel(atATime)) {
      List<String> all =
          senders
              .each(
                  mails,
                  number -> {
                    byte[] letter = letter(number);
                    long begin = System.nanoTime();
                    String answer = james.send(letter);
                    nanos.set(number, System.nanoTime() - begin);
                    return answer;
                  })
              .await();
      all.forEach(answer -> answers.merge(answer.split(" ", 2)[0], 1, Integer::sum));
    }
    Until.holds("the spool is empty", () -> james.webadmin().queued("spool") == 0);
    double seconds = (System.nanoTime() - start) / 1e9;
    List<Long> millis = new ArrayList<>();
    for (int i = 0; i < mails; i++) {
      millis.add(TimeUnit.NANOSECONDS.toMillis(nanos.get(i)));
    }
    Long[] sorted = millis.toArray(Long[]::new);
    Arrays.sort(sorted);
    System.out.printf(
        Locale.ROOT,
        "%-16s %6.1f mails/s, answer p50 %5d ms, p99 %5d ms, answers %s, scans %d (%d at once),"
            + " past us unscanned %d, kept for later %d, peak RSS %d MB%n",
        name,
        mails / seconds,
        sorted[mails / 2],
        sorted[(mails * 99 - 1) / 100],
        answers,
        site.scans(),
        site.mostScansAtOnce(),
        james.webadmin().repository("var/mail/unscanned").size(),
        james.webadmin().repository("var/mail/later").size(),
        peak(james));
  }

  private static long peak(James james) {
    return Site.proc(james.pid(), "status")
        .lines()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElse(-1);
  }

  /** Made before the clock runs: the driver shares the machine with the server. */
  private byte[] letter(int number) {
    byte[] letter = (isInfected(number) ? infected : clean).clone();
    byte[] digits = String.format(Locale.ROOT, "%08d", number).getBytes(ISO_8859_1);
    System.arraycopy(digits, 0, letter, NUMBER_AT, digits.length);
    return letter;
  }

  private static boolean isInfected(int number) {
    return number % INFECTED_EVERY == INFECTED_EVERY - 1;
  }

  private byte[] letter(String last) {
    byte[] ballast = new byte[bytes / 4 * 3];
    new Random(1).nextBytes(ballast);
    String mail =
        SUBJECT
            + "00000000\nFrom: alice@example.com\nTo: bob@example.org\nMIME-Version: 1.0\n"
            + Mails.body(
                "b",
                "Content-Type: application/octet-stream; name=\"x.bin\"\n"
                    + "Content-Transfer-Encoding: base64\n\n"
                    + Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(ballast),
                last);
    return mail.replace("\n", "\r\n").getBytes(ISO_8859_1);
  }
}
