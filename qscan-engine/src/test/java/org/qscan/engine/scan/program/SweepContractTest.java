package org.qscan.engine.scan.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.qscan.engine.Verdict.Reason;
import org.qscan.engine.scan.VerdictCache;
import org.qscan.engine.scan.VirusScanner;
import org.qscan.engine.testing.FakeProgram;

class SweepContractTest extends ProgramContract {

  @Override
  protected VirusScanner scanner(ProgramSettings settings, Duration timeout) {
    return ProgramScanner.sweep(settings, timeout, new VerdictCache(0));
  }

  @Override
  protected String name() {
    return "sweep";
  }

  @Override
  protected String banner() {
    return "SWEEP virus detection utility\nQuick Sweeping\n\n";
  }

  @Override
  protected String found(String threat, String path) {
    return ">>> Virus '" + threat + "' found in file " + path + "\n";
  }

  @Override
  protected String leftOut(@Nullable Reason reason, String path) {
    if (reason == null) {
      return "Could not open " + path + "\n";
    }
    return switch (reason) {
      case ENCRYPTED -> "Password protected file " + path + "\n";
      case CORRUPT -> "Could not check " + path + " (corrupt)\n";
      case LIMIT -> "Aborted checking " + path + " - appears to be a 'zip bomb'\n";
      default -> throw new IllegalArgumentException(reason.text());
    };
  }

  @Override
  protected int foundCode() {
    return 3;
  }

  @Override
  protected int leftOutCode() {
    return 2;
  }

  @Override
  protected String old() {
    return "Useful life of Scan has been exceeded\n";
  }

  @Test
  void itsVersionsAreThoseThatItPrints() throws Exception {
    Path program =
        FakeProgram.write(
            scratch,
            name(),
            """
            [ "$1" = -v ] || exit 0
            echo 'SAVScan virus detection utility'
            echo 'Product version           : 5.53.0'
            echo 'Engine version            : 3.74.2'
            echo 'Virus data version        : 5.55'
            echo 'Released                  : 18 September 2018'
            """);
    VirusScanner scanner = scanner(new ProgramSettings(program, List.of(), Map.of()), LONG);
    assertThat(scanner.health(session()).get(0).version())
        .isEqualTo(
            "product version 5.53.0, engine version 3.74.2, virus data version 5.55, released 18"
                + " September 2018");
  }

  @Test
  void itsDataAreAsOldAsTheNewestOfTheirFiles() throws Exception {
    Path data = Files.createDirectory(scratch.resolve("ide"));
    Instant older = Instant.parse("2026-01-02T03:04:05Z");
    Instant newer = Instant.parse("2026-02-03T04:05:06Z");
    for (String name : List.of("vdl01.vdb", "abc.ide", "sus.dat")) {
      Files.setLastModifiedTime(Files.createFile(data.resolve(name)), FileTime.from(older));
    }
    Files.createFile(data.resolve("readme.txt"));
    Files.setLastModifiedTime(data.resolve("abc.ide"), FileTime.from(newer));
    ProgramSettings settings =
        new ProgramSettings(Path.of("/opt/sweep"), List.of(), Map.of("SAV_IDE", data.toString()));
    assertThat(scanner(settings, LONG).dataDate()).isEqualTo(newer);

    Path bin = Files.createDirectories(scratch.resolve("sophos/bin"));
    Path sav = Files.createDirectories(scratch.resolve("sophos/lib/sav"));
    ProgramSettings relative = new ProgramSettings(bin.resolve("savscan"), List.of(), Map.of());
    assertThat(scanner(relative, LONG).dataDate()).isNull();
    Files.setLastModifiedTime(Files.createFile(sav.resolve("a.ide")), FileTime.from(older));
    assertThat(scanner(relative, LONG).dataDate()).isEqualTo(older);
  }
}
