package org.qscan.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.Verdict.Reason;
import org.qscan.engine.batch.Batches;
import org.qscan.engine.gate.Gate;
import org.qscan.engine.gate.WorkDirectory;
import org.qscan.engine.process.ProcessTree;
import org.qscan.engine.scan.Panel;
import org.qscan.engine.scan.VirusScanner;
import org.qscan.engine.store.MemoryBudget;
import org.qscan.engine.testing.Engines;
import org.qscan.engine.testing.FakeScanner;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.testing.Outcomes;

/** Several scanners and scanners.require. */
class ScannersTest {

  @TempDir Path directory;
  private Path work = Path.of("/");

  @BeforeEach
  void makeWorkDirectory() throws IOException {
    work = Files.createDirectory(directory.resolve("work"));
  }

  private ScanReport scan(String require, VirusScanner... scanners) throws ScanFailure {
    EngineConfig config =
        Engines.config(work, Path.of("/no/such/sweep"), "scanners.require=" + require);
    WorkDirectory opened = WorkDirectory.open(work, false);
    Gate gate = new Gate(opened, 1, ProcessTree::end);
    Panel panel = Panels.of(config, List.of(scanners));
    Batches batches = new Batches(opened, gate, panel, 1, 1, config.scanTimeout());
    try (ScanSession session =
        ScanSession.open(
            config, opened.enter(), gate, batches, List.of(), panel, MemoryBudget.none())) {
      session.receive(Mails.stream(Mails.plain("x")));
      return Outcomes.report(session.scan());
    }
  }

  private Verdict all(VirusScanner... scanners) throws ScanFailure {
    return scan("all", scanners).verdict();
  }

  private Verdict any(VirusScanner... scanners) throws ScanFailure {
    return scan("any", scanners).verdict();
  }

  private static final Verdict CLEAN = new Verdict.Clean();

  @Test
  void allMustSayClean() throws Exception {
    assertThat(all(FakeScanner.clean(), FakeScanner.clean())).isEqualTo(CLEAN);
    assertThatThrownBy(() -> all(FakeScanner.clean(), FakeScanner.broken("is old")))
        .isInstanceOf(ScanFailure.class)
        .hasMessage("is old");
    assertThatThrownBy(() -> all(FakeScanner.broken("is old"), FakeScanner.clean()))
        .isInstanceOf(ScanFailure.class);
  }

  @Test
  void anyOneMaySayClean() throws Exception {
    assertThat(any(FakeScanner.clean(), FakeScanner.broken("is old"))).isEqualTo(CLEAN);
    assertThat(any(FakeScanner.broken("is old"), FakeScanner.clean())).isEqualTo(CLEAN);
  }

  @Test
  void whereNoneAnswersNothingIsKnown() {
    for (String require : List.of("all", "any")) {
      assertThatThrownBy(
              () -> scan(require, FakeScanner.broken("is old"), FakeScanner.broken("is new")))
          .isInstanceOf(ScanFailure.class);
    }
  }

  @Test
  void aFindingOfOneIsAFindingWhateverTheOthersSay() throws Exception {
    Verdict found = new Verdict.Infected(List.of("A/B"));
    for (VirusScanner other :
        List.of(
            FakeScanner.clean(),
            FakeScanner.broken("is old"),
            FakeScanner.unscannable(Reason.ENCRYPTED))) {
      assertThat(all(FakeScanner.infected("A/B"), other)).isEqualTo(found);
      assertThat(all(other, FakeScanner.infected("A/B"))).isEqualTo(found);
      assertThat(any(FakeScanner.infected("A/B"), other)).isEqualTo(found);
      assertThat(any(other, FakeScanner.infected("A/B"))).isEqualTo(found);
    }
  }

  @Test
  void threatsOfAllAreNamedOnceEach() throws Exception {
    assertThat(all(FakeScanner.infected("A", "B"), FakeScanner.infected("B", "C")))
        .isEqualTo(new Verdict.Infected(List.of("A", "B", "C")));
  }

  @Test
  void whatOneCannotLookIntoIsUnscannable() throws Exception {
    assertThat(
            all(
                FakeScanner.clean(),
                FakeScanner.unscannable(Reason.LIMIT),
                FakeScanner.unscannable(Reason.ENCRYPTED, Reason.LIMIT)))
        .isEqualTo(new Verdict.Unscannable(List.of(Reason.ENCRYPTED, Reason.LIMIT)));
  }

  @Test
  void aBrokenOneOutweighsAnUnscannableWhereAllMustAnswer() throws Exception {
    assertThatThrownBy(
            () -> all(FakeScanner.unscannable(Reason.CORRUPT), FakeScanner.broken("is old")))
        .isInstanceOf(ScanFailure.class);
    assertThat(any(FakeScanner.unscannable(Reason.CORRUPT), FakeScanner.broken("is old")))
        .isEqualTo(new Verdict.Unscannable(List.of(Reason.CORRUPT)));
  }

  @Test
  void whereThereIsNoScannerNothingIsClean() throws Exception {
    try (ScanSession session =
        ScanEngine.of(Engines.config(work, Path.of("/no/such/sweep"), "scanners=none")).open()) {
      session.receive(Mails.stream(Mails.plain("x")));
      assertThat(session.facts().notes()).containsExactly("scanners=none: unscanned");
      ScanReport report = Outcomes.report(session.scan());
      assertThat(report.verdict()).isEqualTo(new Verdict.Unscannable(List.of(Reason.UNSCANNED)));
      assertThat(report.facts().notes()).startsWith("scanners=none: unscanned");
    }
  }

  @Test
  void everyScannerIsAskedAndItsNotesAreKept() throws Exception {
    assertThat(
            scan(
                    "any",
                    FakeScanner.infected("A"),
                    FakeScanner.broken("is old"),
                    FakeScanner.clean())
                .facts()
                .notes())
        .containsExactly("infected was asked", "is old", "clean was asked");
  }
}
