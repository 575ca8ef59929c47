package org.qscan.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.qscan.engine.testing.Until;
import org.qscan.engine.time.Ticker;

class ArrivalsTest {

  private final Arrivals arrivals = new Arrivals(Ticker.SYSTEM);

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
  void theyCeaseSomeTimeAfterTheLast() throws Exception {
    assertThat(arrivals.continues()).isFalse();
    arrivals.add().close();
    Until.holds("no more come", () -> !arrivals.continues());
  }
}
