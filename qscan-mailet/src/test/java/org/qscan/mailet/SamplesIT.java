package org.qscan.mailet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.engine.testing.Until;

/**
 * The files of samples/james in a real server, with what is a site's own replaced: ports, paths,
 * the scheme of mail repositories, and times that no test can wait for.
 */
@Tag("slow")
class SamplesIT {

  private static final String HOOK =
      "(?s)<handler class=\"org.qscan.mailet.VirusScanHook\">.*?</handler>";

  private final Site site;

  SamplesIT() throws IOException {
    site = Site.create();
  }

  @AfterEach
  void close() throws Exception {
    site.assertNothingIsLeft();
    site.close();
  }

  /** What every test replaces. */
  private String ofThisSite(String text) {
    return text.replace("/etc/qscan/qscan.properties", site.configuration().toString())
        .replace("0.0.0.0:25<", "127.0.0.1:@SMTP@<")
        .replace("file://", "memory://");
  }

  /** The server's own files. */
  private James.Setup setup(UnaryOperator<String> change) throws Exception {
    return James.at(site)
        .files(Site.sample("james/" + James.version()), text -> change.apply(ofThisSite(text)));
  }

  @Test
  void mailIsRefusedBeforeItIsAccepted() throws Exception {
    try (James james = setup(UnaryOperator.identity()).start()) {
      byte[] clean = Letter.clean("clean");
      try (Smtp smtp = james.smtp()) {
        assertThat(smtp.send(James.BOB, clean)).startsWith("250 ");
        assertThat(smtp.send(James.BOB, Letter.nested("nested"))).startsWith("554 5.7.1 ");
        site.scannerIsMissing();
        assertThat(smtp.send(James.BOB, Letter.clean("put off"))).startsWith("451 4.7.1 ");
        assertThat(james.webadmin().health()).contains("sweep.program");
        site.scannerWorks();
      }
      assertThat(new String(james.awaitInbox(1).get(0), ISO_8859_1))
          .endsWith(new String(clean, ISO_8859_1));
      assertThat(site.scans()).as("runs of the scanner for two mails").isEqualTo(2);
      assertThat(james.webadmin().repository("var/mail/virus")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.8", "3.9"})
  void withoutTheHookWhatCannotBeScannedIsTriedAgainAndInTheEndKept(String version)
      throws Exception {
    UnaryOperator<String> change =
        text ->
            text.replaceAll(HOOK, "")
                .replace("AtMost=scan:288", "AtMost=scan:6")
                .replace("<delay>5m</delay>", "<delay>1s</delay>");
    // Only the server that it is for has what stands in smtpserver.xml.
    try (James james =
        setup(change).file("mailetcontainer.xml", mailetcontainer(version)).start()) {
      byte[] first = Letter.clean("first");
      assertThat(james.send(Letter.zipped("zipped"))).startsWith("250 ");
      james.awaitRepository("virus", 1);

      site.scannerIsMissing();
      assertThat(james.send(first)).startsWith("250 ");
      Until.holds("it is tried again", () -> failures(james) >= 2);
      site.scannerWorks();
      assertThat(new String(james.awaitInbox(1).get(0), ISO_8859_1))
          .endsWith(new String(first, ISO_8859_1));

      site.scannerIsMissing();
      int before = failures(james);
      assertThat(james.send(Letter.clean("second"))).startsWith("250 ");
      james.awaitRepository("scan-error", 1);
      assertThat(failures(james) - before).as("once and six times again").isEqualTo(7);
      assertThat(james.inboxCount()).as(() -> inWords(james)).isEqualTo(1);
      assertThat(james.webadmin().repository("var/mail/error")).isEmpty();
    }
  }

  /** What there is to know when it has more mail than it should have. */
  private static String inWords(James james) {
    try {
      StringBuilder text = new StringBuilder();
      for (byte[] mail : james.inbox()) {
        text.append(new String(mail, ISO_8859_1)).append("\n----\n");
      }
      return text.append(james.log()).toString();
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static String mailetcontainer(String version) throws IOException {
    return Files.readString(Site.sample("james/" + version + "/mailetcontainer.xml"));
  }

  private static int failures(James james) {
    return (int)
        james.scanLines().stream().filter(line -> line.contains(" verdict=failed ")).count();
  }
}
