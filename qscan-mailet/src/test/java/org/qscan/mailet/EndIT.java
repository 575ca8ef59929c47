package org.qscan.mailet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qscan.engine.testing.Until;

/**
 * A server that ends while it scans, of SIGTERM or of SIGKILL. The server of these tests keeps
 * queue and mailboxes in memory, so what it had accepted dies with it, as it does not with a server
 * whose queue lasts. What can be seen: who got 250, what was logged, what was delivered before the
 * end, and what the next server finds.
 */
class EndIT {

  private static final String DELIVERED = " - Local delivered mail ";

  private final Site site;

  EndIT() throws IOException {
    site = Site.create();
  }

  @AfterEach
  void close() throws IOException {
    site.close();
  }

  @Test
  void killedWhileItScansNobodyWasToldYesWithoutAScanAndTheNextServerCleansUp() throws Exception {
    site.set("gate.slots", 3).set("batch.max-messages", 1); // each hangs by itself
    James.Setup setup = James.at(site).hook().virusScan().module().repository("virus");
    List<String> answers;
    try (James james = setup.start();
        InParallel senders = new InParallel(16)) {
      site.scannerDoes(Site.worksLater(0.4));
      InParallel.Answers sent = senders.each(16, number -> james.send(letter(number)));
      Until.holds("some are done", () -> site.scans() >= 5);
      site.scannerDoes("sleep 600");
      Until.holds("the others hang", () -> hanging() == 3);
      james.kill();
      answers = sent.await();

      long yes = answers.stream().filter(answer -> answer.startsWith("250 ")).count();
      long clean =
          james.scanLines().stream()
              .filter(line -> line.contains("front=james-hook verdict=clean"))
              .count();
      assertThat(yes).as("told yes; %s", answers).isLessThanOrEqualTo(clean);
      assertThat(answers.stream().filter(answer -> answer.contains("Exception")))
          .as("those that the end met in the middle: %s", answers)
          .hasSizeGreaterThanOrEqualTo(3);
      for (int number = 0; number < answers.size(); number++) {
        assertThat(answers.get(number)).doesNotStartWith(number % 4 == 3 ? "250" : "554");
      }
    }
    assertThat(hanging()).as("scanners that outlive the server").isEqualTo(3);
    assertThat(site.residue()).as("what a killed server leaves").isNotEmpty();
    site.scannerWorks();

    try (James james = setup.start()) {
      int delivered = 0;
      for (int number = 0; number < answers.size(); number++) {
        if (!answers.get(number).startsWith("250 ")) { // a sender tries again
          String answer = james.send(letter(number));
          assertThat(answer).startsWith(number % 4 == 3 ? "554 5.7.1 " : "250 ");
          delivered += number % 4 == 3 ? 0 : 1;
        }
      }
      List<String> inbox = new ArrayList<>();
      for (byte[] mail : james.awaitInbox(delivered)) {
        inbox.add(new String(mail, ISO_8859_1));
      }
      assertThat(inbox).doesNotHaveDuplicates();
      site.assertNothingIsLeft();
    }
  }

  private int hanging() {
    return (int)
        site.scanProcesses().stream()
            .filter(one -> Site.arguments(one).strip().equals("sleep 600"))
            .count();
  }

  private static byte[] letter(int number) {
    return number % 4 == 3 ? Letter.zipped("n" + number) : Letter.clean("n" + number);
  }

  /**
   * James waits for the threads of its SMTP server, and so for the hook, for as long as a scan may
   * take; without {@code gracefulShutdown} it tells the hook to end.
   */
  @ParameterizedTest
  @CsvSource({"hook,true,15s", "hook,false,10m", "mailet,true,10m"})
  void terminatedWhileAScanHangsItEndsTheScanAndDeliversNothing(
      String front, boolean graceful, String scanTimeout) throws Exception {
    site.set("scan.timeout", scanTimeout);
    James.Setup setup = James.at(site).repository("virus").gracefulShutdown(graceful);
    if (front.equals("hook")) {
      setup.hook();
    } else {
      setup.virusScan();
    }
    try (James james = setup.start();
        InParallel senders = new InParallel(1)) {
      assertThat(james.send(Letter.clean("before"))).startsWith("250 ");
      Until.holds("it is delivered", () -> james.log().contains(DELIVERED));
      int delivered = deliveries(james);
      site.scannerDoes("sleep 600").forgetScans();
      InParallel.Answers sent = senders.each(1, number -> james.send(Letter.clean("hanging")));
      Until.holds("the scanner runs", () -> site.scans() == 1);
      if (front.equals("mailet")) {
        assertThat(sent.await().get(0)).as("accepted before it is scanned").startsWith("250 ");
      }

      james.terminate();

      assertThat(james.awaitEnd()).as("ends, and soon: %s", james.log()).isTrue();
      if (front.equals("hook")) {
        assertThat(sent.await().get(0)).matches("451 .*|.*Exception.*");
      }
      assertThat(deliveries(james)).as(james.log()).isEqualTo(delivered);
      assertThat(james.scanLines().stream().filter(line -> line.contains("verdict=clean")))
          .as("scanned before")
          .hasSize(1);
      site.assertNothingIsLeft();
    }
  }

  private static int deliveries(James james) {
    return (int) james.log().lines().filter(line -> line.contains(DELIVERED)).count();
  }
}
