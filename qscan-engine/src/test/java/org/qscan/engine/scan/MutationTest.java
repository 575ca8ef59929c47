package org.qscan.engine.scan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.Verdict;
import org.qscan.engine.process.Ending;
import org.qscan.engine.testing.FakeClamd;
import org.qscan.engine.testing.FakeSavdi;
import org.qscan.engine.testing.Mails;

/**
 * Ten thousand random mutations of replies in each dialect, none of which means clean: none of them
 * may be called clean, and none may keep a scan waiting.
 */
class MutationTest {

  private static final int RUNS = 10_000;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @TempDir Path scratch;
  private Path views = Path.of("/");
  private final Random random = new Random(20261122);

  @BeforeEach
  void makeViews() throws IOException {
    views = Files.createDirectory(scratch.resolve("views"));
    Files.writeString(views.resolve("1.eml"), "Subject: x\n\nx\n");
  }

  /** One to four changes: an octet, a piece taken out, doubled or moved. */
  private String mutate(String text) {
    StringBuilder mutant = new StringBuilder(text);
    for (int i = random.nextInt(4); i >= 0; i--) {
      int length = mutant.length();
      int at = random.nextInt(length + 1);
      int end = Math.min(length, at + 1 + random.nextInt(12));
      String piece = mutant.substring(Math.min(at, end), end);
      switch (random.nextInt(5)) {
        case 0 -> mutant.insert(at, (char) random.nextInt(256));
        case 1 -> mutant.replace(at, Math.min(length, at + 1), octet());
        case 2 -> mutant.delete(at, end);
        case 3 -> mutant.insert(at, piece);
        default -> mutant.delete(at, end).insert(random.nextInt(mutant.length() + 1), piece);
      }
    }
    return mutant.toString();
  }

  private String octet() {
    String likely = "\r\n\0 :0123>%OKFAIL";
    return random.nextBoolean()
        ? String.valueOf(likely.charAt(random.nextInt(likely.length())))
        : String.valueOf((char) random.nextInt(256));
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private void programs(ProgramScanner scanner, List<Map.Entry<Integer, String>> replies) {
    for (int i = 0; i < RUNS; i++) {
      Map.Entry<Integer, String> reply = any(replies);
      String mutant = mutate(reply.getValue());
      Ending ending = new Ending(Ending.How.EXITED, reply.getKey(), Mails.octets(mutant), 0);
      try {
        assertThat(scanner.judge(ending).verdict()).as(mutant).isNotInstanceOf(Verdict.Clean.class);
      } catch (ScanFailure e) {
        // Could not find out.
      }
    }
  }

  private static String sample(String name) throws IOException {
    try (InputStream in = MutationTest.class.getResourceAsStream("/sophos/" + name)) {
      assertThat(in).as(name).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private static ProgramSettings settings() {
    return new ProgramSettings(Path.of("/x"), List.of(), Map.of());
  }

  @Test
  void ofSweepAndSavscan() throws IOException {
    programs(
        ProgramScanner.savscan(settings(), TIMEOUT, new VerdictCache(0)),
        List.of(
            Map.entry(3, sample("savscan-5.53-infected.txt")),
            Map.entry(3, sample("savscan-5.21-infected.txt")),
            Map.entry(3, sample("sweep-nested-archives.txt")),
            Map.entry(2, sample("savscan-5.53-missing-file.txt")),
            Map.entry(2, sample("savscan-password-protected.txt")),
            Map.entry(2, sample("savscan-full-one-error.txt"))));
  }

  @Test
  void ofAvscanner() {
    String head = "[15:14:27] Archive scanning enabled: yes\n[15:14:27] Scanning /tmp/eicar.com\n";
    String end = "[15:14:33] End of Scan Summary:\n1 file scanned in 6 seconds.\n";
    programs(
        ProgramScanner.avscanner(settings(), TIMEOUT),
        List.of(
            Map.entry(
                24,
                head
                    + "[15:14:33] Detected \"/tmp/eicar.com\" is infected with EICAR-AV-Test"
                    + " (On Demand)\n"
                    + end),
            Map.entry(8, head + "Failed to scan /tmp/a as it is corrupted\n" + end),
            Map.entry(16, head + "Failed to scan /tmp/a as it is password protected\n" + end),
            Map.entry(2, "unrecognised option '--x'\n")));
  }

  /** Whatever is scanned: the reply that the mutant was made of. */
  private void daemon(Scanner scanner, AtomicReference<String> reply, List<String> replies) {
    for (int i = 0; i < RUNS; i++) {
      String mutant = mutate(any(replies));
      reply.set(mutant);
      try {
        assertThat(scanner.scan(views, "x").verdict())
            .as(mutant)
            .isNotInstanceOf(Verdict.Clean.class);
      } catch (ScanFailure e) {
        assertThat(e).as(mutant).message().doesNotContain("in time");
      }
    }
  }

  @Test
  void ofSavdi() {
    AtomicReference<String> reply = new AtomicReference<>("");
    try (FakeSavdi savdi =
        new FakeSavdi("unix:" + scratch.resolve("s"), (subject, data) -> reply.get())) {
      daemon(
          DaemonScanner.savdi(
              new DaemonSettings("savdi.address", List.of(savdi.address()), "data", false),
              Map.of(),
              TIMEOUT,
              new VerdictCache(0)),
          reply,
          List.of(
              String.join(
                  "\r\n",
                  "VIRUS Mal/DummaFlu /tmp/savid_tmp/a.zip/b",
                  "OK 0203 /tmp/savid_tmp",
                  "DONE OK 0203 Virus found during virus scan",
                  "",
                  ""),
              "EVENT VIRUS Mal/X /tmp/s\r\nVIRUS Mal/X /tmp/s\r\nTYPE D0\r\nDONE OK 0203 V\r\n\r\n",
              "DONE FAIL 0212 File was encrypted\r\n\r\n",
              "FAIL 021A /tmp/s\r\nDONE FAIL 021A File was corrupted\r\n\r\n",
              "DONE FAIL 0231 Scan aborted by AutoStop\r\n\r\n",
              "DONE FAIL 0210 Could not open\r\n\r\n",
              "DONE OK 021E Main virus data out of date\r\n\r\n",
              "REJ 4\r\n",
              "REJ 1\r\n"));
    }
  }

  @Test
  void ofClamd() {
    AtomicReference<String> reply = new AtomicReference<>("");
    try (FakeClamd clamd =
        new FakeClamd("unix:" + scratch.resolve("c"), (subject, data) -> reply.get())) {
      daemon(
          DaemonScanner.clamd(
              new DaemonSettings("clamd.address", List.of(clamd.address()), "data", false),
              TIMEOUT,
              new VerdictCache(0)),
          reply,
          List.of(
              "stream: Eicar-Test-Signature.UNOFFICIAL FOUND",
              "stream: Heuristics.Encrypted.Zip FOUND",
              "stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND",
              "INSTREAM size limit exceeded. ERROR",
              "stream: Can't allocate memory ERROR",
              "UNKNOWN COMMAND"));
    }
  }
}
