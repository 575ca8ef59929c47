package org.qscan.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.qscan.engine.testing.ManualTicker;

class PaceTest {

  private final ManualTicker time = new ManualTicker();
  private final Pace pace = new Pace(time);

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
    assertThat(pace.pause()).isEqualTo(Duration.ofMillis(200).toNanos());
  }

  @Test
  void afterARunOfSeveralTheNextBeginsAnEighthOfItsTimeLater() {
    pace.ended(Duration.ofMillis(800).toNanos(), 2);
    time.advance(Duration.ofMillis(99));
    assertThat(pace.pause()).isEqualTo(Duration.ofMillis(1).toNanos());
    pace.began(); // another one, and so it waits for those whom that one answers
    assertThat(pace.pause()).isEqualTo(Duration.ofMillis(100).toNanos());
    time.advance(Duration.ofMillis(100));
    assertThat(pace.pause()).isZero();
  }
}
