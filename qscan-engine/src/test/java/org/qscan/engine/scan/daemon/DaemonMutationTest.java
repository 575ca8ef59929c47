package org.qscan.engine.scan.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.Verdict;
import org.qscan.engine.scan.VerdictCache;
import org.qscan.engine.scan.VirusScanner;
import org.qscan.engine.testing.FakeClamd;
import org.qscan.engine.testing.FakeSavdi;
import org.qscan.engine.testing.Mutations;

/**
 * Ten thousand random mutations of replies in each dialect, none of which means clean: none of them
 * may be called clean, and none may keep a scan waiting.
 */
class DaemonMutationTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @TempDir Path scratch;
  private Path views = Path.of("/");
  private final Mutations mutations = new Mutations();

  @BeforeEach
  void makeViews() throws IOException {
    views = Files.createDirectory(scratch.resolve("views"));
    Files.writeString(views.resolve("1.eml"), "Subject: x\n\nx\n");
  }

  /** Whatever is scanned: the reply that the mutant was made of. */
  private void daemon(VirusScanner scanner, AtomicReference<String> reply, List<String> replies) {
    for (int i = 0; i < Mutations.RUNS; i++) {
      String mutant = mutations.mutate(mutations.any(replies));
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
