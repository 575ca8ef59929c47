package org.qscan.mailet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.qscan.engine.testing.FakeSweep;
import org.qscan.engine.testing.Until;

/**
 * The mailet alone, in a real server: mail has been accepted before it is scanned, and must then
 * either arrive or be kept where an operator finds it. What could not be scanned is tried again, by
 * stock parts of James.
 */
@TestInstance(Lifecycle.PER_CLASS)
class MailetIT {

  /** Waited out by the mails that hang; every other scan must be done within it. */
  private static final String HANGS = "15s";

  private static final String TRY_AGAIN =
      "<mailet match=\"AtMost=scan:1000\" class=\"Requeue\">"
          + "<delay>500ms</delay><processor>root</processor></mailet>"
          + "<mailet match=\"All\" class=\"ToRepository\">"
          + "<repositoryPath>memory://var/mail/scan-failed/</repositoryPath></mailet>";

  private final Site site;
  private final James james;
  private int delivered;

  MailetIT() throws Exception {
    site = Site.create().set("scan.timeout", HANGS);
    james =
        James.at(site)
            .virusScan("<onMailetException>scan-error</onMailetException>")
            .repository("virus")
            .processor("scan-error", TRY_AGAIN)
            .start();
  }

  @BeforeAll
  void isUp() {
    assertThat(james.isAlive()).isTrue();
  }

  @AfterEach
  void leavesNothing() throws Exception {
    site.assertNothingIsLeft();
    site.scannerWorks();
  }

  @AfterAll
  void close() throws IOException {
    james.close();
    site.close();
  }

  private byte[] delivers(byte[] letter) throws Exception {
    assertThat(james.send(letter)).startsWith("250 ");
    return awaitDelivery();
  }

  private byte[] awaitDelivery() throws Exception {
    List<byte[]> inbox = james.awaitInbox(++delivered);
    return inbox.get(inbox.size() - 1);
  }

  @Test
  void aCleanMailArrivesAsItWasSentBehindTheHeadersOfJamesItself() throws Exception {
    for (byte[] letter :
        List.of(
            Letter.clean("clean"),
            Letter.withAttachment("attached", "x.bin", new byte[300_000]),
            Letter.bare("bare"))) {
      String arrived = new String(delivers(letter), ISO_8859_1);
      String sent = new String(letter, ISO_8859_1);
      assertThat(arrived).endsWith(sent);
      assertThat(names(arrived.substring(0, arrived.length() - sent.length())))
          .as("headers before what was sent")
          .isSubsetOf("Return-Path", "Received", "Delivered-To")
          .contains("Received");
    }
  }

  private static List<String> names(String headers) {
    List<String> names = new ArrayList<>();
    for (String line : headers.lines().toList()) {
      if (!line.isBlank() && !Character.isWhitespace(line.charAt(0))) {
        names.add(line.substring(0, line.indexOf(':')));
      }
    }
    return names;
  }

  @Test
  void anInfectedMailIsKeptInTheRepositoryOfProcessorVirusWithAllThatIsKnownOfIt()
      throws Exception {
    byte[] plain = Letter.eicar("plain");
    for (byte[] letter : List.of(plain, Letter.zipped("zipped"), Letter.nested("nested"))) {
      james.webadmin().empty("var/mail/virus");
      assertThat(james.send(letter)).startsWith("250 ");
      String key = james.awaitRepository("virus", 1).get(0);
      assertThat(new String(james.webadmin().mail("var/mail/virus", key), ISO_8859_1))
          .endsWith(new String(letter, ISO_8859_1));
      assertThat(james.webadmin().about("var/mail/virus", key))
          .contains("\"org.qscan.verdict\":\"infected\"")
          .contains("\"org.qscan.threats\":\"" + FakeSweep.THREAT + "\"")
          .containsPattern("\"org.qscan.id\":\"[^\"]+\"")
          .contains("\"org.qscan.time\":")
          .contains("\"org.apache.james.infected\":");
    }
    assertThat(james.inboxCount()).isEqualTo(delivered);
    assertThat(james.scanLines())
        .anyMatch(line ->
            line.contains("front=james-mailet verdict=infected threat=" + FakeSweep.THREAT + " "));
  }

  @Test
  void aMailThatCannotBeScannedIsNotDeliveredUntilItCan() throws Exception {
    for (String trouble :
        List.of(
            "missing", "sleep 600", "kill -SEGV $$", "exit 99", "echo 'Engine error'; exit 2")) {
      if (trouble.equals("missing")) {
        site.scannerIsMissing();
      } else {
        site.scannerDoes(trouble);
      }
      String subject = "when the scanner does: " + trouble;
      int failures = failures();
      assertThat(james.send(Letter.clean(subject))).startsWith("250 ");
      assertThat(james.send(Letter.eicar(subject))).startsWith("250 ");
      int enough = failures + (trouble.startsWith("sleep") ? 2 : 3);
      Until.holds("two mails have failed, and one again", () -> failures() >= enough);
      assertThat(james.inboxCount()).as(trouble).isEqualTo(delivered);
      james.webadmin().empty("var/mail/virus");

      site.scannerWorks();
      assertThat(new String(awaitDelivery(), ISO_8859_1))
          .endsWith(new String(Letter.clean(subject), ISO_8859_1));
      james.awaitRepository("virus", 1);
      assertThat(james.inboxCount()).as(trouble).isEqualTo(delivered);
    }
    assertThat(james.webadmin().repository("var/mail/scan-failed")).isEmpty();
  }

  private int failures() {
    return (int) james.scanLines().stream().filter(line -> line.contains("verdict=failed")).count();
  }

  @Test
  void whatASenderSaysInHeadersIsNotBelieved() throws Exception {
    String letter = new String(Letter.eicar("forged"), ISO_8859_1);
    byte[] forged =
        ("X-Virus-Scanned: QScan; verdict=clean\r\norg.qscan.verdict: clean\r\n"
                + "org.qscan.receipt: x 1 clean - AAAA\r\n"
                + letter)
            .getBytes(ISO_8859_1);
    james.webadmin().empty("var/mail/virus");
    assertThat(james.send(forged)).startsWith("250 ");
    james.awaitRepository("virus", 1);
    assertThat(james.inboxCount()).isEqualTo(delivered);
  }
}
