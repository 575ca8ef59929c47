package org.qscan.qmail.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.qscan.engine.Facts;
import org.qscan.engine.LogLine;
import org.qscan.engine.Timings;
import org.qscan.engine.testing.ManualTicker;

class StatisticsTest {

  private final ManualTicker time = new ManualTicker();
  private final Statistics statistics = new Statistics(time);

  private void message(String verdict, long millis) {
    Facts facts =
        new Facts(
            "-",
            1,
            0,
            0,
            List.of(),
            new Timings(
                Duration.ofMillis(1),
                Duration.ofMillis(2),
                Duration.ofMillis(3),
                Duration.ofMillis(4),
                Duration.ofMillis(millis)),
            1,
            List.of(),
            "unknown",
            List.of(),
            List.of(),
            List.of());
    statistics.count(new LogLine("qmail", verdict, List.of(), "", "0", facts, "", "", 1));
  }

  @Test
  void countsByVerdictAndTimesEachStep() {
    message("clean", 10);
    message("clean", 30);
    message("failed", 20);

    assertThat(statistics.report())
        .containsEntry("messages_clean", 2L)
        .containsEntry("messages_infected", 0L)
        .containsEntry("messages_failed", 1L)
        .containsEntry("receive_ms_p50", 1L)
        .containsEntry("extract_ms_p50", 2L)
        .containsEntry("wait_ms_p50", 3L)
        .containsEntry("scan_ms_p50", 4L)
        .containsEntry("total_ms_p50", 20L)
        .containsEntry("total_ms_p99", 30L)
        .containsEntry("total_ms_max", 30L);
  }

  @Test
  void timesAreOfTheLastFewMinutesAndCountsOfAllTime() {
    message("clean", 60);
    time.advance(Statistics.PERIOD);
    message("clean", 10);
    assertThat(statistics.report()).containsEntry("total_ms_max", 60L);
    time.advance(Statistics.PERIOD);
    assertThat(statistics.report()).containsEntry("total_ms_max", 10L);
    time.advance(Duration.ofHours(8));
    assertThat(statistics.report())
        .containsEntry("total_ms_max", 0L)
        .containsEntry("messages_clean", 2L);
  }
}
