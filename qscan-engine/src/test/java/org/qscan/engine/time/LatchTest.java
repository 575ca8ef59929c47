package org.qscan.engine.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.qscan.engine.testing.ManualTicker;

class LatchTest {

  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  private final ManualTicker time = new ManualTicker();
  private final Latch latch = new Latch(time);

  private CompletableFuture<Boolean> waiting() {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return latch.await(MINUTE);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        },
        task -> new Thread(task).start());
  }

  @Test
  void whoeverWaitsGoesOnWhenItOpensWithoutAnyTimePassing() throws Exception {
    CompletableFuture<Boolean> waiting = waiting();
    latch.open();
    assertThat(waiting.get(60, TimeUnit.SECONDS)).isTrue();
    assertThat(latch.isOpen()).isTrue();
  }

  @Test
  void whoeverWaitsGoesOnWhenTheTimeIsOver() throws Exception {
    CompletableFuture<Boolean> waiting = waiting();
    while (!waiting.isDone()) { // it may begin to wait late
      time.advance(Duration.ofMinutes(1));
    }
    assertThat(waiting.get(60, TimeUnit.SECONDS)).isFalse();
    assertThat(latch.isOpen()).isFalse();
  }

  @Test
  void nobodyWaitsForNoTimeAtAll() throws Exception {
    assertThat(latch.await(0)).isFalse();
    assertThat(latch.await(-1)).isFalse();
    latch.open();
    assertThat(latch.await(0)).isTrue();
  }
}
