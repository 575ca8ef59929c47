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
  void nothingIsShownWhereThereIsNoTerminal() {
    StringBuilder printed = new StringBuilder();
    try (Progress progress = Progress.of(1)) { // a test's standard error is a pipe or a file
      progress.step(() -> printed.append("one"));
    }
    assertThat(printed).hasToString("one");
  }
}
