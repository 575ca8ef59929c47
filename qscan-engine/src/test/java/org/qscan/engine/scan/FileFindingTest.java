package org.qscan.engine.scan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which file a line is about. */
class FileFindingTest {

  @ParameterizedTest(name = "[{0}] {1}")
  @CsvSource({
    "/w/1/views/raw/1, true",
    ">>> Virus 'X' found in file /w/1/views/raw/1, true",
    ">>> Virus 'X' found in file /w/1/views/raw/1/member.exe, true",
    "Detected \"/w/1/views/raw/1\" is infected with X, true",
    "Could not check /w/1/views/raw/1 (corrupt), true",
    "/w/1/views/raw/1: X FOUND, true",
    "Scanned /w/1/views/raw/1., true",
    "/w/1/views/raw/12, false",
    "/w/1/views/raw/1.eml, false",
    "found in file /w/1/views/raw/1x, false",
    "found in file /elsewhere/w/1/views/raw/1, false",
    "found in file raw/1, false",
    "'', false",
  })
  void aFileIsNamedByItsWholeNameOnly(String words, boolean named) {
    FileFinding said = new FileFinding(words, List.of("X"), List.of());
    assertThat(said.isOf(Path.of("/w/1/views/raw/1"))).isEqualTo(named);
  }
}
