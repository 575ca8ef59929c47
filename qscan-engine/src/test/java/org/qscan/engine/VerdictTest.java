package org.qscan.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
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
        .hasMessage("check this: IOException: no space");
    assertThat(new ScanFailure("check this", new IOException()))
        .hasMessage("check this: IOException");
  }
}
