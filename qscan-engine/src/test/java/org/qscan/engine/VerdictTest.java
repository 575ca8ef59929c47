package org.qscan.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.qscan.engine.Verdict.Reason;

class VerdictTest {

  private static String word(Verdict verdict) {
    return verdict.match(
        clean -> "clean",
        infected -> "infected " + infected.threats(),
        unscannable -> "unscannable " + unscannable.reasons());
  }

  @Test
  void everyCaseHasItsAnswer() {
    assertThat(word(new Verdict.Clean())).isEqualTo("clean");
    assertThat(word(new Verdict.Infected(List.of("A")))).isEqualTo("infected [A]");
    assertThat(word(new Verdict.Unscannable(List.of(Reason.LIMIT))))
        .isEqualTo("unscannable [LIMIT]");
  }

  @Test
  void nothingIsInfectedWithNothingNorUnscannableWithoutAReason() {
    assertThatThrownBy(() -> new Verdict.Infected(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Verdict.Unscannable(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aVerdictDoesNotChangeAfterwards() {
    List<String> threats = new ArrayList<>(List.of("A"));
    Verdict.Infected verdict = new Verdict.Infected(threats);
    threats.clear();
    assertThat(verdict.threats()).containsExactly("A");
  }

  @Test
  void reasonsAreNamedAsInTheConfiguration() {
    assertThat(Reason.ENCRYPTED.text()).isEqualTo("encrypted");
    assertThat(Reason.CORRUPT.text()).isEqualTo("corrupt");
    assertThat(Reason.LIMIT.text()).isEqualTo("limit");
  }

  @Test
  void aFailureSaysWhatToCheckAndWhy() {
    assertThat(new ScanFailure("check this")).hasMessage("check this").hasNoCause();
    assertThat(new ScanFailure("check this", new IOException("no space")))
        .hasMessage("check this: no space");
    assertThat(new ScanFailure("check this", new IOException()))
        .hasMessage("check this: IOException");
  }

  @Test
  void aFailureUsesTheWordsOfTheSystemAndNotThoseOfJava() {
    assertThat(new ScanFailure("cannot read DIR", new AccessDeniedException("/dir/file")))
        .hasMessage("cannot read DIR: /dir/file: Permission denied");
    assertThat(new ScanFailure("cannot read /dir/file", new NoSuchFileException("/dir/file")))
        .hasMessage("cannot read /dir/file: No such file or directory");
    assertThat(
            new ScanFailure(
                "cannot write /f", new FileSystemException("/f", null, "No space left on device")))
        .hasMessage("cannot write /f: No space left on device");
    assertThat(new ScanFailure("no answer", new SocketException("Connection reset")))
        .hasMessage("no answer: Connection reset");
    assertThat(
            new ScanFailure(
                "cannot list /d", new UncheckedIOException(new NotDirectoryException("/d"))))
        .hasMessage("cannot list /d: Not a directory");
    assertThat(new ScanFailure("it failed", new IllegalStateException("our fault")))
        .hasMessage("it failed: IllegalStateException: our fault");
  }
}
