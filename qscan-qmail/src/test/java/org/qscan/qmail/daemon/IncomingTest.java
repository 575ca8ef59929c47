package org.qscan.qmail.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A message comes out as it went in, from memory or from the disk, and gives back what it took. */
class IncomingTest {

  @TempDir private Path work;

  @ParameterizedTest
  @CsvSource({"0, 1000000", "1, 1000000", "4096, 1000000", "4097, 1000000", "300000, 1000000"})
  void aSmallMessageStaysInMemory(int size, long limit) throws Exception {
    Budget budget = new Budget(limit);
    passesThrough(size, budget);
    assertThat(budget.taken()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"5000, 4096", "1048577, 16777216", "3000000, 16777216", "1, 0"})
  void whatIsLargerOrFindsNoRoomGoesThroughAFileWithoutAName(int size, long limit)
      throws Exception {
    Budget budget = new Budget(limit);
    passesThrough(size, budget);
    assertThat(budget.taken()).isZero();
    assertThat(work.resolve(".spool")).isEmptyDirectory();
  }

  private void passesThrough(int size, Budget budget) throws Exception {
    byte[] octets = new byte[size];
    new Random(size).nextBytes(octets);
    try (Incoming message = new Incoming(budget, Spool.in(work))) {
      for (int at = 0; at < size; ) {
        int n = Math.min(1000, size - at);
        boolean fits = message.fits(n);
        message.append(ByteBuffer.wrap(octets, at, n));
        assertThat(message.isPending()).isEqualTo(!fits);
        if (message.isPending()) {
          message.flush();
        }
        at += n;
      }
      assertThat(message.size()).isEqualTo(size);
      try (InputStream in = message.open()) {
        assertThat(in.readAllBytes()).isEqualTo(octets);
      }
    }
  }

  @Test
  void closedBeforeItsOctetsAreWrittenItMakesNoFile() throws Exception {
    Incoming message = new Incoming(new Budget(0), Spool.in(work));
    Files.delete(work.resolve(".spool"));
    message.append(ByteBuffer.wrap(new byte[10]));
    assertThat(message.isPending()).isTrue();
    message.close();
    message.flush();
  }

  @Test
  void closedTwiceItGivesBackOnce() throws Exception {
    Budget budget = new Budget(1_000_000);
    Incoming message = new Incoming(budget, Spool.in(work));
    message.append(ByteBuffer.wrap(new byte[10]));
    message.close();
    message.close();
    assertThat(budget.taken()).isZero();
  }

  @Test
  void theSpoolIsClearedAtTheStart() throws Exception {
    Spool.in(work);
    Files.createFile(work.resolve(".spool/4711-1"));
    Spool.in(work);
    assertThat(work.resolve(".spool")).isEmptyDirectory();
  }
}
