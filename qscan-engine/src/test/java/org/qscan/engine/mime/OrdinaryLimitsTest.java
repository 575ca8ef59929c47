package org.qscan.engine.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.EngineConfig;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.testing.Mails;

/**
 * What is large or deep and yet ordinary: under no limit, and within the bound of what it costs.
 */
class OrdinaryLimitsTest {

  private static final String HEAD =
      "From: a@example.org\nTo: b@example.org\nSubject: x\nMIME-Version: 1.0\n";

  @TempDir Path directory;

  private static Limits preset() {
    EngineConfig preset = EngineConfig.from(Configuration.defaults());
    return new Limits(preset.maxParts(), preset.maxDepth(), preset.maxBytes());
  }

  /** As attachments, each in a mail with a text: two levels for each time. */
  private static String forwarded(int times, String innermost) {
    String mail = HEAD + "Content-Type: text/plain\n\n" + innermost + "\n";
    for (int i = 0; i < times; i++) {
      mail =
          HEAD + Mails.body("b" + i, Mails.text("FYI"), "Content-Type: message/rfc822\n\n" + mail);
    }
    return mail;
  }

  private static String archive(int files) throws IOException {
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(archive)) {
      for (int i = 0; i < files; i++) {
        zip.putNextEntry(new ZipEntry("readings/" + i + ".csv"));
        zip.write(Mails.octets(i + ",20.5\n"));
      }
    }
    return HEAD
        + Mails.multipart(
            Mails.text("the readings of a year"),
            Mails.attachment(
                "filename=\"readings.zip\"", archive.toString(StandardCharsets.ISO_8859_1)));
  }

  private void assertOrdinary(String mail, String of) throws Exception {
    byte[] octets = Mails.octets(mail);
    Reading reading = Reading.of(octets, directory, preset());
    assertThat(reading.overLimit()).as(of).isFalse();
    assertThat(reading.reader().work())
        .as("work of " + of + " of " + octets.length)
        .isLessThan(reading.reader().mostWork() / 2);
  }

  @Test
  void aMailThatWasForwardedAHundredTimesIsRead() throws Exception {
    assertOrdinary(forwarded(40, "hello"), "40 forwards");
    assertOrdinary(forwarded(100, "hello"), "100 forwards");
    Reading reading =
        Reading.of(Mails.octets(forwarded(100, "the innermost")), directory, preset());
    assertThat(reading.parts())
        .anyMatch(
            part -> new String(part, StandardCharsets.ISO_8859_1).startsWith("the innermost"));
  }

  @Test
  void anArchiveOfTwentyThousandFilesIsRead() throws Exception {
    assertOrdinary(archive(20_000), "20,000 files");
  }

  /** Best of some, four times what is meant: as in {@link CostTest}. */
  @Test
  void bothCostWhatAnOrdinaryMailOfTheirSizeMayCost() throws Exception {
    Cost cost = new Cost(directory, preset());
    for (String mail : new String[] {forwarded(100, "hello"), archive(20_000)}) {
      byte[] octets = Mails.octets(mail);
      long ordinary = cost.best(CostlyMails.ordinary(octets.length), 2);
      long seen = cost.best(octets, 2);
      assertThat(cost.wasLimited()).isFalse();
      assertThat(seen).isLessThanOrEqualTo(4 * (50_000_000L + 10 * ordinary));
    }
  }
}
