package org.qscan.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;

/** What the engine makes of values that depend on others. */
class EngineConfigTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sweep|ripmime,mime4j,generous",
        "savscan|ripmime,mime4j,generous",
        "clamd,avscanner|ripmime,mime4j,generous",
        "clamd|mime4j,generous",
        "savdi,clamd|mime4j,generous",
        "none|mime4j,generous"
      })
  void autoMeansRipmimeWhereAScannerIsAProgram(String scanners, String extractors)
      throws Exception {
    assertThat(extractors("auto", scanners)).isEqualTo(List.of(extractors.split(",")));
  }

  @ParameterizedTest
  @CsvSource({"sweep,mime4j", "clamd,ripmime"})
  void whatIsSetIsWhatIsUsed(String scanners, String extractors) throws Exception {
    assertThat(extractors(extractors, scanners)).containsExactly(extractors);
  }

  private static List<String> extractors(String chosen, String scanners) throws Exception {
    Configuration configuration = Configuration.defaults();
    configuration.set(Key.EXTRACTORS.text(), chosen, "test");
    configuration.set(Key.SCANNERS.text(), scanners, "test");
    return EngineConfig.from(configuration).extractors();
  }
}
