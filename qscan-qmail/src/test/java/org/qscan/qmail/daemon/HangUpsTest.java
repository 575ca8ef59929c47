package org.qscan.qmail.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HangUpsTest {

  private final HangUps hangUps = HangUps.unheard();
  private final AtomicInteger reloads = new AtomicInteger();

  @Test
  void whatArrivesBeforeThereIsAnythingToReloadIsKeptOnce() {
    hangUps.arrived();
    hangUps.arrived();
    hangUps.run(reloads::incrementAndGet);
    assertThat(reloads).hasValue(1);
  }

  @Test
  void whatArrivesLaterIsDoneEachTime() {
    hangUps.run(reloads::incrementAndGet);
    assertThat(reloads).hasValue(0);
    hangUps.arrived();
    hangUps.arrived();
    assertThat(reloads).hasValue(2);
  }
}
