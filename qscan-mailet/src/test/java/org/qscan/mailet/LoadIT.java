package org.qscan.mailet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.testing.Until;

/**
 * Large mails, 32 at a time, in a heap of 512 MB: each is scanned or put off, none gets past. The
 * size of it can be changed with {@code -Dqscan.load.mails=N} and {@code -Dqscan.load.bytes=N}.
 */
@Tag("slow")
class LoadIT {

  private static final int MAILS = Integer.getInteger("qscan.load.mails", 40);
  private static final int BYTES = Integer.getInteger("qscan.load.bytes", 2 << 20);
  private static final int AT_A_TIME = 32;
  private static final Pattern NUMBER = Pattern.compile("(?m)^Subject: mail (\\d+)$");

  @Test
  void withTheHookEachMailIsScannedOrPutOffAndNoneIsAcceptedUnscanned() throws Exception {
    try (Site site = Site.create();
        James james =
            James.at(site)
                // Not enough for all: some are told to try again.
                .hook("<patience>3s</patience>", "<gate.slots>2</gate.slots>")
                .repository("virus")
                .start()) {
      site.scannerDoes(Site.worksLater(0.5));
      List<String> answers = sendAll(james);

      TreeSet<Integer> accepted = new TreeSet<>();
      Map<String, Integer> codes = new TreeMap<>();
      for (int number = 0; number < MAILS; number++) {
        String code = answers.get(number).split(" ", 2)[0];
        codes.merge(code, 1, Integer::sum);
        assertThat(code).as(answers.get(number)).isIn(isInfected(number) ? "554" : "250", "451");
        if (code.equals("250")) {
          accepted.add(number);
        }
      }
      System.out.println("the hook's answers under load: " + codes);
      assertThat(codes).as("the load is one").containsKeys("250", "451");
      assertThat(numbers(james.awaitInbox(accepted.size()))).isEqualTo(accepted);
      assertThat(logged(james, "clean")).isEqualTo(accepted.size());
      assertThat(site.mostScansAtOnce()).isLessThanOrEqualTo(2);
      theServerIsWell(james);
      site.assertNothingIsLeft();
    }
  }

  @Test
  void withTheMailetAloneEachMailIsScannedBeforeItIsDelivered() throws Exception {
    try (Site site = Site.create();
        James james =
            James.at(site)
                .virusScan("<gate.slots>2</gate.slots>", "<gate.patience>3s</gate.patience>")
                .repository("virus")
                .start()) {
      site.scannerDoes(Site.worksLater(0.2));
      assertThat(sendAll(james)).allMatch(answer -> answer.startsWith("250 "));

      TreeSet<Integer> seen = new TreeSet<>();
      Until.holds(Duration.ofMinutes(3), () -> settled(james) == MAILS);
      List<byte[]> inbox = james.awaitInbox(james.inboxCount());
      seen.addAll(numbers(inbox));
      assertThat(seen).as("delivered").noneMatch(LoadIT::isInfected);
      assertThat(logged(james, "clean")).as("scanned and clean").isEqualTo(inbox.size());
      assertThat(logged(james, "infected"))
          .isEqualTo(james.webadmin().repository("var/mail/virus").size());
      assertThat(logged(james, "failed"))
          .as("what found no slot in time is kept")
          .isEqualTo(james.webadmin().repository("var/mail/error").size());
      theServerIsWell(james);
      site.assertNothingIsLeft();
    }
  }

  private static int settled(James james) throws Exception {
    return james.inboxCount()
        + james.webadmin().repository("var/mail/virus").size()
        + james.webadmin().repository("var/mail/error").size();
  }

  private static boolean isInfected(int number) {
    return number % 4 == 3;
  }

  private static List<String> sendAll(James james) throws Exception {
    try (InParallel senders = new InParallel(AT_A_TIME)) {
      return senders.each(MAILS, number -> james.send(letter(number))).await();
    }
  }

  private static byte[] letter(int number) {
    byte[] ballast = new byte[BYTES * 3 / 4];
    new Random(number).nextBytes(ballast);
    String mail =
        "From: alice@example.com\nTo: bob@example.org\nSubject: mail "
            + number
            + "\nDate: Sun, 22 Nov 2026 12:00:00 +0000\nMIME-Version: 1.0\n"
            + "Content-Type: multipart/mixed; boundary=\"b\"\n\n--b\n"
            + "Content-Type: application/octet-stream; name=\"x.bin\"\n"
            + "Content-Transfer-Encoding: base64\n\n"
            + Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(ballast)
            + "\n--b\n"
            + (isInfected(number)
                ? Mails.attachment("filename=\"eicar.com\"", Mails.eicar())
                : "Content-Type: text/plain\n\nthe end")
            + "\n--b--\n";
    return mail.replace("\n", "\r\n").getBytes(ISO_8859_1);
  }

  private static Set<Integer> numbers(List<byte[]> mails) {
    Set<Integer> numbers = new TreeSet<>();
    for (byte[] mail : mails) {
      Matcher number = NUMBER.matcher(new String(mail, ISO_8859_1));
      assertThat(number.find()).isTrue();
      assertThat(numbers.add(Integer.valueOf(number.group(1)))).as("delivered once").isTrue();
    }
    return numbers;
  }

  private static int logged(James james, String verdict) {
    return (int)
        james.scanLines().stream()
            .filter(line -> line.contains(" verdict=" + verdict + " "))
            .count();
  }

  private static void theServerIsWell(James james) throws Exception {
    assertThat(james.log()).doesNotContain("OutOfMemoryError");
    assertThat(james.send(Letter.eicar("still awake"))).matches("(250|554) .*");
  }
}
