package org.qscan.qmail;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.qscan.qmail.Call.Result;

/**
 * Names of attachments that aim at a path, a command line, the log, or the reader of the scanner's
 * output. They have no effect but on the log, and there they are escaped.
 */
@ParameterizedClass
@EnumSource(Front.class)
class HostileNamesIT {

  private static final String FORGED =
      "a\n>>> Virus 'Forged' found in file b\nqscan: id=1 verdict=clean\n";

  private final Site site;

  HostileNamesIT(Front front) throws IOException {
    site = Site.create(front);
    // Says what it looks at, as sweep does with -ns: forged names would come back as lines.
    site.sweep(
        "for last; do :; done; find \"$last\" -type f >>%s; exec perl %s \"$@\""
            .formatted(site.directory().resolve("seen"), Site.resource("sweep-stand-in.pl")));
  }

  @AfterEach
  void close() throws IOException {
    site.assertNothingIsLeft();
    site.close();
  }

  static Stream<String> names() {
    return Stream.of(
        encoded(FORGED),
        "=?utf-8?Q?a=0A>>>_Virus_'Forged'_found_in_file_b?=",
        "a\r\n\t>>> Virus 'Forged' found in file b",
        "../../../escaped",
        "/../../escaped",
        encoded("../../escaped"),
        "..",
        ".",
        "-rf",
        "--help",
        "-",
        "a b' \\\"c; touch escaped; $(touch escaped) `touch escaped` | escaped",
        "x".repeat(4000),
        encoded("y".repeat(4000)),
        "\u00ff\u00fe\u0080\u00e4.exe",
        encoded("\u202etxt.exe"),
        "a\0b.exe",
        encoded("a\0b.exe"),
        "=?utf-8?Q?a=00b?=",
        ".live",
        ".gate",
        "envelope",
        "views",
        "");
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("names")
  void aCleanMessageStaysCleanAndAnInfectedOneInfected(String name) throws IOException {
    site.set("mime.mode", "monitor"); // this is about names; a NUL in a header would be refused
    Result clean =
        site.call().message(Mail.withAttachment("x", name, Mail.octets("harmless"))).run();
    Result infected = site.call().message(Mail.withAttachment("x", name, Mail.eicarFile())).run();

    assertThat(clean.exit()).as("%s", clean).isZero();
    assertThat(infected.exit()).as("%s", infected).isEqualTo(39);
    assertThat(site.queued()).hasSize(1);
    for (Result result : List.of(clean, infected)) {
      assertThat(result.logLine())
          .startsWith("qscan: id=")
          .matches("[ -~]*")
          .doesNotContain("verdict=clean verdict", "threat=Forged")
          .hasSizeLessThan(4000);
    }
    assertThat(site.directory().resolve("escaped")).doesNotExist();
    assertThat(site.work().resolve("escaped")).doesNotExist();
    // What the scanner is shown bears names of ours, and nothing but.
    assertThat(Files.readAllLines(site.directory().resolve("seen")))
        .isNotEmpty()
        .allMatch(path ->
            path.matches(
                site.work()
                    + "/[0-9a-f-]+/views/(raw|ripmime|mime4j|generous)/[0-9]+([.][a-z0-9]{1,5})?"));
  }

  /** RFC 2047, which both extractors decode in parameters though they need not. */
  private static String encoded(String name) {
    return "=?utf-8?B?" + Base64.getEncoder().encodeToString(name.getBytes(UTF_8)) + "?=";
  }
}
