package org.qscan.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.qscan.engine.testing.ManualTicker;

class ArrivalsTest {

  private final ManualTicker time = new ManualTicker();
  private final Arrivals arrivals = new Arrivals(time);

  @Test
  void eachCountsUntilItIsClosedAndOnce() {
    Arrival one = arrivals.add();
    Arrival other = arrivals.add();
    assertThat(arrivals.count()).isEqualTo(2);
    one.close();
    one.close();
    assertThat(arrivals.count()).isEqualTo(1);
    other.close();
    assertThat(arrivals.count()).isZero();
  }

  @Test
  void theyCeaseFortyMillisecondsAfterTheLast() {
    assertThat(arrivals.continues()).isFalse();
    arrivals.add().close();
    time.advance(Duration.ofMillis(39));
    assertThat(arrivals.continues()).isTrue();
    time.advance(Duration.ofMillis(1));
    assertThat(arrivals.continues()).isFalse();
  }
}
