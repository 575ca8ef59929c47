package org.qscan.mailet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.qscan.engine.testing.FakeSweep;

/**
 * The extension jar and nothing else, no extensions.properties. James makes what is a singleton in
 * an injector that all extensions share, so hook and mailet have a common engine even then.
 */
@Tag("slow")
@TestInstance(Lifecycle.PER_CLASS)
class WithoutModuleIT {

  private final Site site;
  private final James james;

  WithoutModuleIT() throws Exception {
    site = Site.create();
    james =
        James.at(site)
            .hook("<infectedText>refused, see {id}</infectedText>")
            .virusScan("<header>true</header><ambiguityHeader>true</ambiguityHeader>")
            .repository("virus")
            .start();
  }

  @AfterEach
  void leavesNothing() throws Exception {
    site.assertNothingIsLeft();
  }

  @AfterAll
  void close() throws IOException {
    james.close();
    site.close();
  }

  @Test
  void aMailIsScannedOnceAndGetsOneHeaderOfOurs() throws Exception {
    byte[] forged =
        ("X-Virus-Scanned: by somebody else\r\nx-virus-scanned: and again\r\n"
                + "MIME-Ambiguity-Results: by somebody else\r\n"
                + new String(Letter.clean("once"), ISO_8859_1))
            .getBytes(ISO_8859_1);
    assertThat(james.send(forged)).startsWith("250 ");
    String arrived = new String(james.awaitInbox(1).get(0), ISO_8859_1);
    assertThat(site.scans()).as("runs of the scanner").isEqualTo(1);
    assertThat(fields(arrived, "x-virus-scanned:"))
        .singleElement()
        .asString()
        .startsWith("X-Virus-Scanned: QScan; verdict=clean; id=");
    assertThat(fields(arrived, "mime-ambiguity-results:"))
        .singleElement()
        .asString()
        .startsWith("MIME-Ambiguity-Results: QScan; assessment=");
    assertThat(arrived).endsWith("\r\n\r\n" + body(forged));
  }

  private static List<String> fields(String message, String name) {
    return message.lines().filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name)).toList();
  }

  private static String body(byte[] letter) {
    return new String(letter, ISO_8859_1).split("\r\n\r\n", 2)[1];
  }

  @Test
  void infectedMailIsRefusedWithTheTextOfTheSite() throws Exception {
    assertThat(james.send(Letter.zipped("x")))
        .startsWith("554 5.7.1 refused, see ")
        .doesNotContain(FakeSweep.THREAT);
  }
}
