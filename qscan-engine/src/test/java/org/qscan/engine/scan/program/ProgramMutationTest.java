package org.qscan.engine.scan.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.Verdict;
import org.qscan.engine.process.Ending;
import org.qscan.engine.scan.VerdictCache;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.testing.Mutations;

/**
 * Ten thousand random mutations of replies in each dialect, none of which means clean: none of them
 * may be called clean.
 */
class ProgramMutationTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final Mutations mutations = new Mutations();

  private void programs(ProgramScanner scanner, List<Map.Entry<Integer, String>> replies) {
    for (int i = 0; i < Mutations.RUNS; i++) {
      Map.Entry<Integer, String> reply = mutations.any(replies);
      String mutant = mutations.mutate(reply.getValue());
      Ending ending = new Ending(Ending.How.EXITED, reply.getKey(), Mails.octets(mutant), 0);
      try {
        assertThat(scanner.judge(ending).verdict()).as(mutant).isNotInstanceOf(Verdict.Clean.class);
      } catch (ScanFailure e) {
        // Could not find out.
      }
    }
  }

  private static String sample(String name) throws IOException {
    try (InputStream in = ProgramMutationTest.class.getResourceAsStream("/sophos/" + name)) {
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
}
