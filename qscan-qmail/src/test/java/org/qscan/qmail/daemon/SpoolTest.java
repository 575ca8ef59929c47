package org.qscan.qmail.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {

  @TempDir private Path work;

  /** It was low for ever otherwise, and large messages that wait for a scan made room for none. */
  @Test
  void thatThereIsRoomAgainIsSeenThoughNobodyWrites() throws Exception {
    Spool spool = Spool.in(work);
    spool.measured(1, 1_000);
    assertThat(spool.isLow()).isTrue();
    assertThat(spool.lookAfter()).isEmpty();
    assertThat(spool.isLow()).isFalse();
  }
}
