package org.qscan.engine.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.Verdict;
import org.qscan.engine.scan.program.ProgramScanner;
import org.qscan.engine.scan.program.ProgramSettings;
import org.qscan.engine.testing.FakeProgram;

/** Something removes or changes files while a program looks at them, and it says nothing. */
class InventoryTest {

  private static final String SESSION = FakeProgram.session();

  @TempDir Path work;
  private Path views = Path.of("/");

  @BeforeEach
  void aMessage() throws IOException {
    views = Files.createDirectories(work.resolve(SESSION).resolve("views"));
    Files.writeString(Files.createDirectories(views.resolve("raw")).resolve("1.eml"), "x: y\n\nz");
    Files.writeString(views.resolve("2.com"), "infected, in truth");
  }

  /** What the program does; {@code $last} is the directory. */
  private Finding scan(String script) throws ScanFailure {
    Path program = FakeProgram.write(work, "sweep", "for last; do :; done\n" + script);
    return ProgramScanner.sweep(
            new ProgramSettings(program, List.of("-f"), Map.of()),
            Duration.ofSeconds(60),
            new VerdictCache(0),
            CanaryRules.none(),
            work)
        .scan(ScanInput.asItIs(views), SESSION);
  }

  @Test
  void whereNothingHappensTheMessageIsClean() throws Exception {
    assertThat(scan("exit 0").verdict()).isEqualTo(new Verdict.Clean());
  }

  @Test
  void aFileThatIsGoneAfterTheRunWasPerhapsNotScanned() {
    assertThatThrownBy(() -> scan("rm \"$last/2.com\"; exit 0"))
        .isInstanceOf(ScanFailure.class)
        .hasMessageContaining("1 of 2 files")
        .hasMessageContaining("were removed or changed while they were scanned");
  }

  @Test
  void aFileThatIsAnotherOneAfterTheRunWasPerhapsNotScanned() {
    assertThatThrownBy(
            () -> scan("cp \"$last/2.com\" \"$last/3\"; mv \"$last/3\" \"$last/2.com\"; exit 0"))
        .hasMessageContaining("1 of 2 files");
  }

  @Test
  void aFindingStandsWhateverIsGone() throws Exception {
    Finding finding =
        scan("rm \"$last/raw/1.eml\"; echo \">>> Virus 'X' found in file $last/2.com\"; exit 3");
    assertThat(finding.verdict()).isEqualTo(new Verdict.Infected(List.of("X")));
  }
}
