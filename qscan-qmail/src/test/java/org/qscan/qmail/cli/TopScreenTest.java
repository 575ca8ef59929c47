package org.qscan.qmail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TopScreenTest {

  private static final long SECOND = 1_000_000_000;

  private final TopScreen screen = new TopScreen();

  @Test
  void showsTheRateSinceTheLastLook() {
    assertThat(screen.lines(Map.of("messages_clean", "10"), 5 * SECOND))
        .containsPattern("messages_clean +10\n")
        .doesNotContain("per_s");
    assertThat(screen.lines(Map.of("messages_clean", "25"), 7 * SECOND))
        .containsPattern("messages_per_s +7\\.5\n");
  }

  @Test
  void aDaemonThatWasStartedAnewHasNoRateAtFirst() {
    screen.lines(Map.of("messages_clean", "10"), SECOND);
    assertThat(screen.lines(Map.of("messages_clean", "1"), 2 * SECOND)).doesNotContain("per_s");
  }

  @Test
  void theFiguresOfAStepStandInOneLine() {
    Map<String, String> status = new TreeMap<>(Map.of("scan_ms_p50", "4", "scan_ms_p90", "17"));
    assertThat(screen.lines(status, SECOND)).containsPattern("scan_ms +p50 4 +p90 17 *\n");
  }

  @Test
  void inPlaceNothingOfTheLastLookIsLeft() {
    assertThat(TopScreen.inPlace("a\nb\n")).isEqualTo("\033[Ha\033[K\nb\033[K\n\033[J");
  }
}
