package org.qscan.qmail.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.qscan.engine.Facts;
import org.qscan.engine.LogLine;
import org.qscan.engine.Timings;

class StatisticsTest {

  private final AtomicLong now = new AtomicLong();
  private final Statistics statistics = new Statistics(now::get);

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
    now.addAndGet(Statistics.PERIOD.toNanos());
    message("clean", 10);
    assertThat(statistics.report()).containsEntry("total_ms_max", 60L);
    now.addAndGet(Statistics.PERIOD.toNanos());
    assertThat(statistics.report()).containsEntry("total_ms_max", 10L);
    now.addAndGet(Duration.ofHours(8).toNanos());
    assertThat(statistics.report())
        .containsEntry("total_ms_max", 0L)
        .containsEntry("messages_clean", 2L);
  }
}
