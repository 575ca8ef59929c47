package org.qscan.qmail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {

  @Test
  void linesStandAloneWhereTheBarIsOnTheSameTerminal() {
    ByteArrayOutputStream screen = new ByteArrayOutputStream();
    PrintStream terminal = new PrintStream(screen, true, StandardCharsets.UTF_8);
    try (Progress progress = Progress.on(terminal, 2)) {
      progress.step(() -> terminal.println("one"));
      progress.step(() -> terminal.println("two"));
    }
    String text = screen.toString(StandardCharsets.UTF_8);
    assertThat(text).contains("\r\033[Kone\n", "\r\033[Ktwo\n").contains("2/2").endsWith("\n");
  }

  @Test
  void theBarGrowsWithTheStepsAndTellsTheTime() {
    assertThat(Progress.bar(0, 4, 0)).isEqualTo("scan [" + " ".repeat(40) + "] 0/4 0:00");
    assertThat(Progress.bar(1, 4, 9))
        .isEqualTo("scan [" + "=".repeat(10) + " ".repeat(30) + "] 1/4 0:09");
    assertThat(Progress.bar(4, 4, 3_671)).isEqualTo("scan [" + "=".repeat(40) + "] 4/4 61:11");
    assertThat(Progress.bar(0, 0, 0)).contains("] 0/0");
    assertThat(Progress.bar(99_999_999, 99_999_999, 359_999)).hasSizeLessThan(80);
  }

  @Test
  void theBarIsThereBeforeTheFirstStepIsDone() {
    ByteArrayOutputStream screen = new ByteArrayOutputStream();
    try (Progress progress =
        Progress.on(new PrintStream(screen, true, StandardCharsets.UTF_8), 2)) {
      assertThat(screen.toString(StandardCharsets.UTF_8)).endsWith("] 0/2 0:00");
      progress.step(() -> {});
    }
  }

  @Test
  void nothingIsShownWhereThereIsNoTerminal() {
    StringBuilder printed = new StringBuilder();
    try (Progress progress = Progress.of(1)) { // a test's standard error is a pipe or a file
      progress.step(() -> printed.append("one"));
    }
    assertThat(printed).hasToString("one");
  }
}
