package org.qscan.engine.scan.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.scan.CanaryRules;
import org.qscan.engine.scan.Finding;
import org.qscan.engine.scan.ScanInput;
import org.qscan.engine.scan.VerdictCache;
import org.qscan.engine.testing.FakeProgram;
import org.qscan.engine.testing.FakeSweep;
import org.qscan.engine.testing.ManualTicker;

/** What a program has found in a part is known when that comes again; nobody can make it up. */
class KnownToProgramsTest {

  private static final String VIRUS = "the virus";
  private static final String INNOCENT = "the price list that everybody sends";

  @TempDir Path scratch;
  private final ManualTicker time = new ManualTicker();
  private final VerdictCache cache = new VerdictCache(100);
  private Path data = Path.of("/");
  private Path program = Path.of("/");
  private Path views = Path.of("/");

  @BeforeEach
  void makeAMessage() throws Exception {
    data = Files.createDirectory(scratch.resolve("data"));
    Files.writeString(data.resolve("a.ide"), "identities");
    program = FakeSweep.exits(scratch, 0, "");
    views = message("1a2b-1-1", "raw", VIRUS, INNOCENT);
  }

  /** The parts are mime4j/2, mime4j/3 and so on. */
  private Path message(String id, String raw, String... parts) throws Exception {
    Path directory = Files.createDirectories(scratch.resolve(id).resolve("views"));
    Files.createDirectory(directory.resolve("raw"));
    Files.createDirectory(directory.resolve("mime4j"));
    Files.writeString(directory.resolve("raw/1.eml"), raw);
    for (int i = 0; i < parts.length; i++) {
      Files.writeString(directory.resolve("mime4j/" + (2 + i)), parts[i]);
    }
    return directory;
  }

  private ProgramScanner sweep() {
    return ProgramScanner.sweep(
        new ProgramSettings(program, List.of(), Map.of("SAV_IDE", data.toString())),
        Duration.ofSeconds(60),
        cache,
        CanaryRules.none(time),
        Path.of("/"));
  }

  /** DIR stands for the directory that is scanned. */
  private Finding scan(ProgramScanner sweep, int code, String text) throws ScanFailure {
    FakeSweep.says(program, code, text.replace("DIR", views.toString()));
    return sweep.scan(views, FakeProgram.session());
  }

  private List<String> known(ProgramScanner sweep, String part) throws Exception {
    return sweep.knownThreats(
        ScanInput.in(message(Long.toHexString(System.nanoTime()), "another", part)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DIR/mime4j/2",
        "DIR/mime4j/2/member of an archive",
        "DIR/mime4j/2/a\n>>> Virus 'X' found in file DIR/raw/1.eml",
        "DIR/raw/1.eml/x.exe\n>>> Virus 'X' found in file DIR/mime4j/2"
      })
  void whatWasFoundInAPartIsKnownWhenItComesAgain(String where) throws Exception {
    ProgramScanner sweep = sweep();
    assertThat(known(sweep, VIRUS)).isEmpty();
    assertThat(scan(sweep, 3, ">>> Virus 'X' found in file " + where + "\n").threats())
        .containsExactly("X");
    assertThat(known(sweep, VIRUS)).containsExactly("X");
    assertThat(known(sweep, INNOCENT)).isEmpty();
    assertThat(sweep.knownThreats(ScanInput.in(message("4-4-4", VIRUS, INNOCENT))))
        .isEmpty(); // raw is no part
    assertThat(sweep.cacheFigures()).isEqualTo(new VerdictCache.Figures(1, 1, 1));
  }

  // The name of an archive's member may hold any line, but not the path of our directory.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "DIR/mime4j/2/a\n>>> Virus 'F' found in file /work/1a2b-1-2/views/mime4j/3",
        "DIR/raw/1.eml/a\n>>> Virus 'F' found in file mime4j/3",
        "DIR/mime4j/2/a\n>>> Virus 'F' found in file /mime4j/3\n>>> Virus 'F' found in file x",
        "DIR/mime4j/2/a\n>>> Virus 'F' in DIR/mime4j/3",
        "DIR/mime4j/2/a\n>>> Virus found in file",
        "DIR/mime4j/../mime4j/3",
        "DIR/mime4j/33",
        "DIR/mime4j",
        "DIR/",
        "DIR",
        "DIR/raw/1.eml/x.exe",
        "DIR/raw/1.eml"
      })
  void whereALineMayBeTheSendersNothingIsKnownAfterwards(String where) throws Exception {
    ProgramScanner sweep = sweep();
    assertThat(scan(sweep, 3, ">>> Virus 'X' found in file " + where + "\n").threats())
        .contains("X");
    assertThat(known(sweep, VIRUS)).isEmpty();
    assertThat(known(sweep, INNOCENT)).isEmpty();
    assertThat(sweep.cacheFigures().entries()).isZero();
  }

  @Test
  void whereMoreIsSaidThanWhatWasFoundNothingIsKnown() throws Exception {
    ProgramScanner sweep = sweep();
    String found = ">>> Virus 'X' found in file DIR/mime4j/2\n";
    scan(sweep, 3, found + "Password protected file DIR/mime4j/3\n");
    scan(sweep, 3, found + "Could not open DIR/mime4j/3\n");
    assertThat(known(sweep, VIRUS)).isEmpty();
  }

  @Test
  void aRunThatContradictsItselfLeavesNothing() throws Exception {
    ProgramScanner sweep = sweep();
    try {
      scan(sweep, 0, ">>> Virus 'X' found in file DIR/mime4j/2\n");
    } catch (ScanFailure expected) {
      assertThat(expected).hasMessageContaining("contradicts itself");
    }
    assertThat(known(sweep, VIRUS)).isEmpty();
  }

  @Test
  void aSharedRunLeavesNothing() throws Exception {
    ProgramScanner sweep = sweep();
    FakeSweep.says(program, 3, ">>> Virus 'X' found in file " + views + "/mime4j/2\n");
    sweep.scanTogether(
        Objects.requireNonNull(views.getParent()), List.of(views), FakeProgram.session());
    assertThat(known(sweep, VIRUS)).isEmpty();
  }

  @Test
  void withOtherVirusDataItIsForgotten() throws Exception {
    ProgramScanner sweep = sweep();
    scan(sweep, 3, ">>> Virus 'X' found in file DIR/mime4j/2\n");
    assertThat(known(sweep, VIRUS)).containsExactly("X");
    Files.writeString(data.resolve("b.ide"), "more");
    time.advance(Duration.ofSeconds(3)); // it looks at its data every two
    assertThat(known(sweep, VIRUS)).isEmpty();
    scan(sweep, 3, ">>> Virus 'X' found in file DIR/mime4j/2\n");
    assertThat(known(sweep, VIRUS)).containsExactly("X");
  }

  @Test
  void whereTheVirusDataAreNotFoundNothingIsKnown() throws Exception {
    Files.delete(data.resolve("a.ide"));
    ProgramScanner sweep = sweep();
    scan(sweep, 3, ">>> Virus 'X' found in file DIR/mime4j/2\n");
    assertThat(known(sweep, VIRUS)).isEmpty();
  }
}
