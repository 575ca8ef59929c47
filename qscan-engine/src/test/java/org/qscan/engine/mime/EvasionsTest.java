package org.qscan.engine.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.qscan.engine.rules.MimeRule;
import org.qscan.engine.testing.Eicar;
import org.qscan.engine.testing.Mails;

/** Each trick with EICAR, with EICAR in an archive, and with nothing at all. */
class EvasionsTest {

  @TempDir Path directory;

  static List<Evasions.Evasion> evasions() {
    return Evasions.all();
  }

  private static boolean isOdd(GenerousReader reader) {
    return reader.hits().stream().anyMatch(hit -> hit.rule().tier() != MimeRule.Tier.NOTE);
  }

  @ParameterizedTest
  @MethodSource("evasions")
  void whatIsHiddenIsFound(Evasions.Evasion evasion) throws Exception {
    Reading.into(directory, evasion.around().apply(Mails.eicar()));
    assertThat(Eicar.isIn(directory.resolve("parts"))).isTrue();
  }

  @ParameterizedTest
  @MethodSource("evasions")
  void whatIsHiddenInAnArchiveIsFound(Evasions.Evasion evasion) throws Exception {
    Reading.into(directory, evasion.around().apply(Eicar.zip()));
    assertThat(Eicar.isIn(directory.resolve("parts"))).isTrue();
  }

  /** Harmless mail of the same shape is looked at harder, or refused. */
  @ParameterizedTest
  @MethodSource("evasions")
  void theShapeOfAHarmlessTwinIsNoted(Evasions.Evasion evasion) throws Exception {
    GenerousReader reader =
        Reading.into(directory, evasion.around().apply("This is harmless. ".repeat(10)));
    if (evasion.odd()) {
      assertThat(isOdd(reader)).as("%s", reader.hits()).isTrue();
    }
  }
}
