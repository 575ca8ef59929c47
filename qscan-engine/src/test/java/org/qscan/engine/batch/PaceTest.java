package org.qscan.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.qscan.engine.time.Ticker;

class PaceTest {

  private final Pace pace = new Pace(Ticker.SYSTEM);

  @Test
  void beforeTheFirstRunHasEndedNobodyIsHeldBack() {
    pace.began();
    assertThat(pace.pause()).isNotPositive();
    assertThat(pace.forArrivals()).isZero();
  }

  @Test
  void aRunOfOneMessageHoldsNobodyBack() {
    pace.ended(Duration.ofSeconds(1).toNanos(), 1);
    assertThat(pace.pause()).isNotPositive();
  }

  @Test
  void aQuarterOfARunAndHalfASecondAtMostIsForThoseWhoHaveArrived() {
    pace.ended(Duration.ofSeconds(1).toNanos(), 5);
    assertThat(pace.forArrivals()).isEqualTo(Duration.ofMillis(250).toNanos());
    pace.ended(Duration.ofMinutes(1).toNanos(), 5);
    assertThat(pace.forArrivals()).isEqualTo(Duration.ofMillis(500).toNanos());
    assertThat(pace.pause()).isLessThanOrEqualTo(Duration.ofMillis(200).toNanos());
  }
}
