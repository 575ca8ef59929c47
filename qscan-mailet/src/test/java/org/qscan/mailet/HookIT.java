package org.qscan.mailet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.qscan.engine.testing.FakeSweep;
import org.qscan.engine.testing.Until;
import org.qscan.mailet.Site.QueueCall;

/**
 * Hook and mailet with a common engine, in a real server: what is infected is refused before it is
 * accepted, and what the hook has scanned is not scanned again. Beside them the front end for
 * qmail, on the same host with the same configuration.
 */
@TestInstance(Lifecycle.PER_CLASS)
class HookIT {

  private static final int SLOTS = 3;

  /** Waited out once; every other scan must be done within it, on a busy machine too. */
  private static final String HANGS = "20s";

  private final Site site;
  private final James james;
  private int delivered;

  HookIT() throws Exception {
    site = Site.create().set("scan.timeout", HANGS).set("gate.slots", SLOTS);
    james = James.at(site).hook().virusScan().module().repository("virus").start();
  }

  @AfterEach
  void leavesNothing() throws Exception {
    site.assertNothingIsLeft();
    site.scannerWorks();
    assertThat(james.webadmin().repository("var/mail/virus")).as("infected and accepted").isEmpty();
    assertThat(james.webadmin().repository("var/mail/error")).as("failed and accepted").isEmpty();
  }

  @AfterAll
  void close() throws IOException {
    james.close();
    site.close();
  }

  private void awaitDelivery(byte[] letter) throws Exception {
    List<byte[]> inbox = james.awaitInbox(++delivered);
    assertThat(new String(inbox.get(inbox.size() - 1), ISO_8859_1))
        .endsWith(new String(letter, ISO_8859_1));
  }

  @Test
  void anInfectedMailIsRefusedForGoodAndTheConnectionGoesOn() throws Exception {
    try (Smtp smtp = james.smtp()) {
      for (byte[] letter :
          List.of(Letter.eicar("plain"), Letter.zipped("zipped"), Letter.nested("nested"))) {
        assertThat(smtp.send(James.BOB, letter))
            .isEqualTo("554 5.7.1 virus found: " + FakeSweep.THREAT);
      }
      byte[] clean = Letter.clean("after refused ones");
      assertThat(smtp.send(James.BOB, clean)).startsWith("250 ");
      awaitDelivery(clean);
      assertThat(smtp.say("QUIT")).startsWith("221 ");
    }
  }

  @Test
  void whatTheHookHasScannedTheMailetDoesNotScanAgain() throws Exception {
    int before = site.scans();
    byte[] clean = Letter.withAttachment("once", "x.bin", new byte[200_000]);
    assertThat(james.send(clean)).startsWith("250 ");
    awaitDelivery(clean);
    assertThat(site.scans() - before).as("runs of the scanner").isEqualTo(1);

    Until.holds("both have logged", () -> linesOfLastScan().size() == 2);
    assertThat(linesOfLastScan().get(0)).contains("front=james-hook verdict=clean");
    assertThat(linesOfLastScan().get(1)).contains("front=james-mailet verdict=clean");
  }

  private List<String> linesOfLastScan() {
    List<String> lines = james.scanLines();
    String id = lines.get(lines.size() - 1).split(" ", 2)[0] + " ";
    return lines.stream().filter(line -> line.startsWith(id)).toList();
  }

  @Test
  void whileTheScannerIsInTroubleEveryMailIsPutOffAndTheConnectionGoesOn() throws Exception {
    try (Smtp smtp = james.smtp()) {
      for (String trouble : List.of("missing", "sleep 600", "kill -SEGV $$", "exit 99")) {
        if (trouble.equals("missing")) {
          site.scannerIsMissing();
        } else {
          site.scannerDoes(trouble);
        }
        try (InParallel other = new InParallel(1)) { // one that hangs is waited for once
          InParallel.Answers infected = other.each(1, number -> james.send(Letter.eicar(trouble)));
          assertThat(smtp.send(James.BOB, Letter.clean(trouble)))
              .as(trouble)
              .startsWith("451 4.7.1 ");
          assertThat(infected.await().get(0)).as(trouble).startsWith("451 4.7.1 ");
        }
        site.scannerWorks();
        assertThat(smtp.send(James.BOB, Letter.eicar(trouble))).startsWith("554 5.7.1 ");
        byte[] clean = Letter.clean("after: " + trouble);
        assertThat(smtp.send(James.BOB, clean)).startsWith("250 ");
        awaitDelivery(clean);
      }
    }
  }

  @Test
  void aSenderThatHangsUpInTheMiddleLeavesNothing() throws Exception {
    Smtp smtp = james.smtp();
    smtp.begin(James.BOB);
    smtp.data(Letter.withAttachment("half", "x.bin", new byte[300_000]));
    smtp.close();
    byte[] clean = Letter.clean("the next one");
    assertThat(james.send(clean)).startsWith("250 ");
    awaitDelivery(clean);
  }

  @Test
  void ofBothFrontEndsTogetherNoMoreAreScannedAtATimeThanThereAreSlots() throws Exception {
    site.scannerDoes(Site.worksLater(0.3)).forgetScans();
    List<QueueCall> calls = new ArrayList<>();
    List<String> answers;
    try (InParallel senders = new InParallel(8)) {
      InParallel.Answers sent =
          senders.each(
              12, i -> james.send(i % 4 == 3 ? Letter.eicar("e" + i) : Letter.clean("c" + i)));
      for (int i = 0; i < 12; i++) {
        calls.add(site.qscanQueue(i % 4 == 3 ? Letter.eicar("q" + i) : Letter.clean("q" + i)));
      }
      answers = sent.await();
    }
    delivered += 9;
    assertThat(answers).filteredOn(answer -> answer.startsWith("250 ")).hasSize(9);
    assertThat(answers).filteredOn(answer -> answer.startsWith("554 5.7.1 ")).hasSize(3);
    List<Integer> exits = new ArrayList<>();
    StringBuilder logs = new StringBuilder();
    for (QueueCall call : calls) {
      exits.add(call.exit());
      logs.append(call.log());
    }
    assertThat(exits).as(logs.toString()).filteredOn(exit -> exit == 0).hasSize(9);
    assertThat(exits).as(logs.toString()).filteredOn(exit -> exit == 39).hasSize(3);
    // How many runs there were is not said: mails that wait share one.
    assertThat(site.mostScansAtOnce()).as("scanners alive at a time").isBetween(1, SLOTS);
    james.awaitInbox(delivered);
  }

  @Test
  void bothFrontEndsSayTheSameOfTheSameMail() throws Exception {
    Set<String> verdicts = new TreeSet<>();
    for (byte[] letter : corpus()) {
      QueueCall qmail = site.qscanQueue(letter);
      int exit = qmail.exit();
      int before = james.scanLines().size();
      String answer = james.send(letter);
      Until.holds("the hook has logged", () -> james.scanLines().size() > before);
      LogFields here = LogFields.of(james.scanLines().get(before));
      LogFields there = LogFields.of(qmail.log().strip().replaceFirst("^qscan: ", ""));

      assertThat(here.keys()).as(qmail.log()).isEqualTo(there.keys());
      for (String key : List.of("verdict", "threat", "reason", "from", "rcpts")) {
        assertThat(here.get(key)).as(key + ": " + qmail.log()).isEqualTo(there.get(key));
      }
      assertThat(answer.substring(0, 3))
          .as(qmail.log())
          .isEqualTo(exit == 0 ? "250" : exit == 39 ? "554" : "451");
      verdicts.add(here.get("verdict") + " " + here.get("reason") + " " + exit);
      if (exit == 0) {
        delivered++;
      }
    }
    assertThat(verdicts)
        .as("the corpus has all kinds")
        .containsExactly(
            "clean - 0",
            "infected - 39",
            "unscannable corrupt 0",
            "unscannable encrypted 0",
            "unscannable limit 39");
    james.awaitInbox(delivered);
  }

  /** One of each kind. */
  private static List<byte[]> corpus() {
    byte[] zip = Letter.zip("a.txt", "a text".getBytes(ISO_8859_1));
    byte[] encrypted = zip.clone();
    for (int at = 0; at + 10 < encrypted.length; at++) {
      boolean local = encrypted[at] == 'P' && encrypted[at + 1] == 'K' && encrypted[at + 2] == 3;
      boolean central = encrypted[at] == 'P' && encrypted[at + 1] == 'K' && encrypted[at + 2] == 1;
      if (local || central) {
        encrypted[at + (local ? 6 : 8)] |= 1;
      }
    }
    byte[] damaged = zip.clone();
    damaged[30 + "a.txt".length() + 2] ^= 0x55; // in what is compressed
    return List.of(
        Letter.clean("clean"),
        Letter.bare("bare"),
        Letter.withAttachment("attached", "x.bin", new byte[100_000]),
        Letter.withAttachment("zip", "a.zip", zip),
        Letter.eicar("eicar"),
        Letter.zipped("zipped"),
        Letter.nested("nested"),
        Letter.withAttachment("encrypted", "a.zip", encrypted),
        Letter.withAttachment("damaged", "a.zip", damaged),
        Letter.parts("too many parts", 3000));
  }

  @Test
  void theHealthCheckSeesWhatHookAndMailetUse() throws Exception {
    assertThat(james.webadmin().health()).containsPattern(status("healthy"));
    site.scannerIsMissing();
    assertThat(james.webadmin().health())
        .containsPattern(status("unhealthy"))
        .contains("sweep.program");
  }

  private static String status(String status) {
    return "\"componentName\":\"Virus scan\",\"escapedComponentName\":\"[^\"]*\",\"status\":\""
        + status
        + "\"";
  }

  @Test
  void nothingListensButWhatIsConfigured() throws Exception {
    assertThat(james.listens()).hasSize(3);
  }
}
