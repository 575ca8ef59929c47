package org.qscan.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogLineTest {

  private static final Facts FACTS =
      new Facts(
          "19ab-47-1",
          1234,
          3,
          0,
          List.of(),
          new Timings(
              Duration.ofMillis(10),
              Duration.ofMillis(20),
              Duration.ofMillis(30),
              Duration.ofMillis(40),
              Duration.ofMillis(100)),
          1,
          List.of(),
          "unknown",
          List.of(),
          List.of(),
          List.of());

  private static LogLine line(Facts facts, String reason, String sender) {
    return new LogLine("qmail", "clean", List.of(), reason, "0", facts, "192.0.2.1", sender, 2);
  }

  private static String withSender(String sender) {
    return line(FACTS, "", sender).toString();
  }

  @Test
  void theKeysStandInTheirOrder() {
    assertThat(line(FACTS, "", "a@example.org"))
        .hasToString(
            "id=19ab-47-1 front=qmail verdict=clean threat=- reason=- exit=0 size=1234 parts=3"
                + " wait_ms=30 scan_ms=40 total_ms=100 client=192.0.2.1 from=a@example.org"
                + " rcpts=2");
  }

  @Test
  void aRunThatOthersSharedIsToldOf() {
    Facts facts =
        new Facts(
            "x",
            1,
            2,
            0,
            List.of(),
            new Timings(
                Duration.ZERO,
                Duration.ZERO,
                Duration.ofMillis(30),
                Duration.ofMillis(40),
                Duration.ofMillis(100)),
            17,
            List.of(),
            "none",
            List.of(),
            List.of(),
            List.of());
    assertThat(line(facts, "", "a").toString()).contains(" total_ms=100 batch=17 client=");
  }

  @Test
  void aThreatThatWasNamedInVainIsToldOf() {
    Facts facts =
        new Facts(
            "x",
            1,
            2,
            0,
            List.of(),
            new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO),
            1,
            List.of(),
            "none",
            List.of(),
            List.of(),
            List.of("EICAR-AV-Test"));
    assertThat(line(facts, "why", "a").toString())
        .contains(" threat=- seen=EICAR-AV-Test reason=why ");
  }

  @Test
  void threatsNamesAndNotesAreJoined() {
    Facts facts =
        new Facts(
            "x",
            1,
            2,
            0,
            List.of("a.doc", "b.doc"),
            new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO),
            1,
            List.of("one", "two"),
            "unknown",
            List.of(),
            List.of(),
            List.of());
    LogLine line =
        new LogLine("james-hook", "infected", List.of("A/B", "C"), "", "550", facts, "", "", 1);
    assertThat(line.toString())
        .contains(" threat=A/B,C ")
        .contains(" client=- from=- ")
        .endsWith(" names=a.doc/b.doc notes=\"one; two\"");
  }

  @Test
  void aMessageWithoutASessionHasALineToo() {
    assertThat(line(Facts.none(), "no session", "").toString())
        .startsWith("id=- front=qmail verdict=clean threat=- reason=\"no session\" exit=0 size=0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a b|\"a b\"",
        "a=b|\"a=b\"",
        "a\"b|a\\x22b",
        "a\\b|a\\x5cb",
        "-|-",
        "a'b|a'b",
        "~!@#$%^&*()|~!@#$%^&*()",
      })
  void whatWouldEndAValueIsQuotedOrEscaped(String sender, String written) {
    assertThat(withSender(sender)).endsWith(" from=" + written + " rcpts=2");
  }

  @Test
  void nothingFromOutsideMakesALineOrAKeyOfItsOwn() {
    assertThat(withSender("x\nid=forged verdict=clean\r\n\t\0\u007f\u0085\u2028\ud83d\ude00\u00e9"))
        .endsWith(
            " from=\"x\\x0aid=forged verdict=clean\\x0d\\x0a\\x09\\x00\\x7f\\x85\\u2028"
                + "\\ud83d\\ude00\\xe9\" rcpts=2");
  }

  @Test
  void noOctetButPrintableAsciiGetsOut() {
    Random random = new Random(7);
    for (int round = 0; round < 500; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 40; i++) {
        text.append((char) random.nextInt(round % 2 == 0 ? 300 : 65536));
      }
      String line = withSender(text.toString());
      assertThat(line).matches("[ -~]*");
      String value = line.substring(line.indexOf(" from=") + 6, line.lastIndexOf(" rcpts="));
      String inside = value.startsWith("\"") ? value.substring(1, value.length() - 1) : value;
      assertThat(inside).doesNotContain("\"");
      assertThat(value.startsWith("\"")).isEqualTo(value.contains(" ") || value.contains("="));
    }
  }

  @Test
  void noValueIsLongerThanItsBound() {
    String line = withSender("x".repeat(100_000));
    assertThat(line).endsWith(" from=" + "x".repeat(LogLine.LONGEST) + "... rcpts=2");
    assertThat(withSender("x".repeat(LogLine.LONGEST))).doesNotContain("...");

    Facts facts =
        new Facts(
            "x",
            1,
            2,
            0,
            Collections.nCopies(1000, "\0".repeat(1000)),
            new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO),
            1,
            Collections.nCopies(1000, "\u2028"),
            "unknown",
            List.of(),
            List.of(),
            List.of());
    LogLine worst =
        new LogLine(
            "qmail",
            "infected",
            Collections.nCopies(1000, "\u2028"),
            "\u2028".repeat(10_000),
            "39",
            facts,
            "\u2028".repeat(10_000),
            "\u2028".repeat(10_000),
            2);
    assertThat(worst.toString().length()).isLessThan(12_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "plain", "x y"})
  void harmlessTextIsNotChanged(String text) {
    assertThat(LogLine.escape(text, 100)).isEqualTo(text);
  }
}
