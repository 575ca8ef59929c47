package org.qscan.qmail.daemon;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.qscan.engine.store.Ledger;
import org.qscan.engine.testing.Until;

/** A log that nobody reads costs lines, and never the memory of the mail. */
class DaemonLogTest {

  private final Ledger ledger = Ledger.ofHeap(32 << 20);
  private final CountDownLatch go = new CountDownLatch(1);
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  /** Stands still until told to go on. */
  private final OutputStream stderr =
      new OutputStream() {
        @Override
        public void write(int octet) {
          write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] octets, int offset, int length) {
          try {
            go.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          written.write(octets, offset, length);
        }
      };

  @Test
  void whatWaitsHasRoomInTheLedgerAndTheRestIsDroppedAndCounted() throws Exception {
    try (DaemonLog log = new DaemonLog(stderr, ledger)) {
      long room = ledger.taken();
      assertThat(room).isPositive().isLessThan(ledger.most() / 10);
      String line = "x".repeat(3000);
      for (int i = 0; i < 5000; i++) {
        log.write("info", line);
        assertThat(log.held()).isLessThanOrEqualTo(room);
      }
      long dropped = log.dropped();
      assertThat(dropped).isBetween(4000L, 4999L);
      assertThat(ledger.taken()).isEqualTo(room);
      go.countDown();
      Until.holds("all that waited is written", () -> log.held() == 0);
      Until.holds(
          "it says how many are missing",
          () -> written.toString(ISO_8859_1).contains(dropped + " lines of the log were dropped"));
      assertThat(written.toString(ISO_8859_1).lines().filter(one -> one.endsWith(line)))
          .hasSize((int) (5000 - dropped));
    }
  }
}
