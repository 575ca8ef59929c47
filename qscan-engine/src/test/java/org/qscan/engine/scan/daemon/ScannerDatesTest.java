package org.qscan.engine.scan.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScannerDatesTest {

  @Test
  void aTimeOfCtimeIsRead() {
    assertThat(ScannerDates.ctime("Mon Jan 30 09:23:19 2023"))
        .isEqualTo(Instant.parse("2023-01-30T09:23:19Z"));
    assertThat(ScannerDates.ctime("Sun Nov  1 00:00:00 2026"))
        .isEqualTo(Instant.parse("2026-11-01T00:00:00Z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "Mon Jan 30 09:23:19 2023 ",
        "Mon anF 30 09:23:19 2023",
        "Mon Jan 32 09:23:19 2023",
        "Mon Jan 30 29:23:19 2023",
        "30 January 2023 09:23:19",
        "Mon Jan xx 09:23:19 2023"
      })
  void whatIsNoTimeOfCtimeIsNone(String text) {
    assertThat(ScannerDates.ctime(text)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "date: 20260130",
        "date: 2026-01-30",
        "date: 2026/01/30 11:12",
        "20260130T101112",
        "x 2026.01.30",
        "date: 9 2026-01-30"
      })
  void aDayIsFoundInAText(String text) {
    assertThat(ScannerDates.find(text)).isEqualTo(Instant.parse("2026-01-30T00:00:00Z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "2026", "2026-1-30", "30/01/2026", "99999999", "2026-13-01", "date: -"})
  void whereThereIsNoneNoneIsFound(String text) {
    assertThat(ScannerDates.find(text)).isNull();
  }
}
