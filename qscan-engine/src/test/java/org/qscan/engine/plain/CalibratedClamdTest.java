package org.qscan.engine.plain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.Verdict;
import org.qscan.engine.config.Address;
import org.qscan.engine.scan.Alarms;
import org.qscan.engine.scan.CanaryRules;
import org.qscan.engine.scan.ProofReport;
import org.qscan.engine.scan.ScanInput;
import org.qscan.engine.scan.VerdictCache;
import org.qscan.engine.scan.daemon.DaemonScanner;
import org.qscan.engine.scan.daemon.DaemonSettings;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.testing.RealClamd;
import org.qscan.engine.time.Ticker;

/**
 * A real clamd finds the mark in every mail of the grammar, at every place, whose form it has
 * proved, though it is shown nothing but the message. {@code -Dqscan.proved.mails=100000} tries
 * more mails.
 */
class CalibratedClamdTest {

  private static final int MAILS = Integer.getInteger("qscan.proved.mails", 200);
  private static final Duration LONG = Duration.ofMinutes(10);

  @TempDir Path scratch;

  private DaemonScanner scanner(RealClamd clamd) throws Exception {
    CanaryRules rules =
        new CanaryRules(
            true, false, Duration.ofHours(1), false, false, new Alarms(), Ticker.SYSTEM);
    DaemonScanner scanner =
        DaemonScanner.clamd(
            new DaemonSettings("clamd.address", List.of(Address.of(clamd.tcp())), "data", false),
            LONG,
            new VerdictCache(0),
            rules,
            Files.createDirectories(scratch.resolve("work")),
            true);
    scanner.calibrate("session", LONG, true);
    return scanner;
  }

  @Test
  void whateverIsShownOnceIsFoundInTheMessageAlone() throws Exception {
    try (RealClamd clamd = RealClamd.start(scratch)) {
      DaemonScanner scanner = scanner(clamd);
      ProofReport report = scanner.proofs().get(0);
      assertThat(report.made()).as(report.sentence()).isNotNull();
      assertThat(report.missing()).isEmpty();
      int proved = 0;
      Path views = Path.of("/views");
      Path message = views.resolve("raw/1.eml");
      for (int seed = 0; seed < MAILS; seed++) {
        String mail = PlainMails.of(seed);
        byte[] octets = Mails.octets(mail);
        PlainForm form = Objects.requireNonNull(PlainGrammar.of(octets, octets.length).form());
        if (!scanner.plan(form).get(0).endsWith("once, as it came")) {
          continue;
        }
        proved++;
        ScanInput input =
            ScanInput.inMemory(views, Map.of(message, ByteBuffer.wrap(octets)))
                .withPlain(message, form);
        assertThat(scanner.scan(input, "session").verdict())
            .as(mail)
            .isEqualTo(new Verdict.Infected(List.of("QScan.Test.Mark.UNOFFICIAL")));
      }
      System.getLogger("qscan").log(System.Logger.Level.INFO, proved + " of " + MAILS + " mails");
      assertThat(proved).isGreaterThan(MAILS / 50);
    }
  }

  @Test
  void aClamdThatDoesNotReadMailProvesNothingOfIt() throws Exception {
    try (RealClamd clamd = RealClamd.start(scratch, "ScanMail no")) {
      DaemonScanner scanner = scanner(clamd);
      byte[] octets = Mails.octets(PlainMails.of(0));
      PlainForm form = Objects.requireNonNull(PlainGrammar.of(octets, octets.length).form());
      assertThat(scanner.plan(form).get(0)).contains("as message and parts");
    }
  }
}
