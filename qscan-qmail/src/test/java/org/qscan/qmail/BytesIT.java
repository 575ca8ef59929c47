package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.qscan.qmail.Call.Result;
import org.qscan.qmail.Call.Running;

/** What goes in comes out in the queue, octet for octet, and memory does not grow with it. */
@ParameterizedClass
@EnumSource(Front.class)
class BytesIT {

  private static final int MIB = 1 << 20;
  private static final int RSS_LIMIT_KIB = 128 * 1024;

  private final Site site;

  BytesIT(Front front) throws IOException {
    site = Site.create(front).set("mime.mode", "monitor"); // much of this would be refused
  }

  @AfterEach
  void close() throws IOException {
    site.assertNothingIsLeft();
    site.close();
  }

  @Test
  void anEmptyMessage() throws IOException {
    arrivesAsItIs(new byte[0]);
  }

  @Test
  void aSingleOctet() throws IOException {
    arrivesAsItIs(new byte[] {'x'});
    arrivesAsItIs(new byte[] {'\n'});
    arrivesAsItIs(new byte[] {0});
    arrivesAsItIs(new byte[] {(byte) 0xff});
  }

  @Test
  void aMessageWithoutAFinalNewline() throws IOException {
    arrivesAsItIs(Mail.octets("Subject: x\n\nno newline"));
  }

  @Test
  void aMessageWithNuls() throws IOException {
    arrivesAsItIs(Mail.octets("Subject: \0\n\n\0\0F\0T\0\0text\0"));
  }

  @Test
  void everyMixtureOfLineEnds() throws IOException {
    arrivesAsItIs(
        Mail.octets(
            "A: 1\r\nB: 2\nC: 3\rD: 4\n\r\r\n\r\n\n\r\rtext\r\n\r.\r\n.\n..\r\n\r\n.\r\n\r"));
  }

  @Test
  void everyOctetInEveryPlace() throws IOException {
    byte[] random = new byte[100_003];
    new Random(7).nextBytes(random);
    arrivesAsItIs(random);
  }

  @Test
  void aMessageThatArrivesInDrops() throws IOException {
    byte[] message = Mail.withAttachment("drops", "a.bin", new byte[200]);
    Result result = site.call().message(message).option("chunk", 7).option("pause", 500).run();

    assertThat(result.exit()).as("%s", result).isZero();
    assertThat(site.queued())
        .singleElement()
        .satisfies(one -> assertThat(one.octets()).isEqualTo(message));
  }

  @Test
  void oneLineOfTwentyMebibytes() throws IOException {
    byte[] line = new byte[20 * MIB];
    java.util.Arrays.fill(line, (byte) 'x');
    arrivesAsItIs(line);
  }

  @Test
  void anEnvelopeOfTwentyThousandRecipients() throws IOException {
    StringBuilder envelope = new StringBuilder("Fsender@a.test\0");
    for (int i = 0; i < 20_000; i++) {
      envelope.append("Trecipient-number-").append(i).append("@b.test\0");
    }
    byte[] octets = Mail.octets(envelope.append('\0').toString());

    Result result = site.call().envelope(octets).run();

    assertThat(result.exit()).as("%s", result).isZero();
    assertThat(result.logLine()).contains("rcpts=20000");
    assertThat(site.queued())
        .singleElement()
        .satisfies(one -> assertThat(one.envelopeOctets()).isEqualTo(octets));
  }

  @Test
  void aHundredMebibytesInBoundedMemory() throws IOException {
    Path message = Files.createFile(site.directory().resolve("large"));
    try (OutputStream out = Files.newOutputStream(message)) {
      out.write(Mail.octets("Subject: large\n\n"));
      byte[] block = new byte[MIB];
      Random random = new Random(100);
      for (int i = 0; i < 100; i++) {
        random.nextBytes(block);
        out.write(block);
      }
    }

    site.set("extract.timeout", "5m"); // a busy machine may need more than the usual 30 s
    Running running = site.call().message(message).start();
    AtomicLong peak = new AtomicLong();
    while (running.isAlive()) {
      virtualMachine(running)
          .ifPresent(pid -> peak.accumulateAndGet(Processes.status(pid, "VmHWM"), Math::max));
      Eventually.within(20, () -> !running.isAlive());
    }
    Result result = running.await();

    System.out.printf(
        Locale.ROOT,
        "100 MiB message: peak RSS of the JVM %d MiB, %d ms%n",
        peak.get() / 1024,
        result.millis());
    assertThat(result.exit()).as("%s", result).isZero();
    assertThat(site.queued())
        .singleElement()
        .satisfies(one -> assertThat(Files.mismatch(one.message(), message)).isEqualTo(-1));
    assertThat(peak.get()).as("KiB of RSS").isBetween(10_000L, (long) RSS_LIMIT_KIB);
  }

  private Optional<Long> virtualMachine(Running running) throws IOException {
    return site.isResident()
        ? Optional.of(site.daemon().pid())
        : Processes.below(running.front(), "org.qscan.qmail.QscanQueue").map(ProcessHandle::pid);
  }

  private void arrivesAsItIs(byte[] message) throws IOException {
    int before = site.queued().size();
    Result result = site.call().message(message).run();

    assertThat(result.exit()).as("%s", result).isZero();
    assertThat(result.logLine()).contains("verdict=clean", " size=" + message.length + " ");
    assertThat(site.queued()).hasSize(before + 1);
    assertThat(site.queued())
        .anySatisfy(one -> {
          assertThat(one.octets()).isEqualTo(message);
          assertThat(one.envelopeOctets()).isEqualTo(Mail.ENVELOPE);
        });
  }
}
