package org.qscan.engine.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.rules.MimeRule;
import org.qscan.engine.rules.RuleTiers;
import org.qscan.engine.store.PartStore;
import org.qscan.engine.testing.Eicar;
import org.qscan.engine.testing.Mails;

/** Each trick with EICAR, with EICAR in an archive, and with nothing at all. */
class EvasionsTest {

  private static final Limits WIDE = new Limits(2000, 50, 1L << 30);

  @TempDir Path directory;

  static List<Evasions.Evasion> evasions() {
    return Evasions.all();
  }

  private GenerousReader read(String mail) throws Exception {
    Path raw = Files.write(directory.resolve("mail"), Mails.octets(mail));
    Path parts = Files.createDirectory(directory.resolve("parts"));
    GenerousReader reader = new GenerousReader(PartStore.of(parts), WIDE, RuleTiers.DEFAULT);
    reader.read(new ByteArrayInputStream(Mails.octets(mail)), raw);
    return reader;
  }

  private static boolean isOdd(GenerousReader reader) {
    return reader.hits().stream().anyMatch(hit -> hit.rule().tier() != MimeRule.Tier.NOTE);
  }

  @ParameterizedTest
  @MethodSource("evasions")
  void whatIsHiddenIsFound(Evasions.Evasion evasion) throws Exception {
    read(evasion.around().apply(Mails.eicar()));
    assertThat(Eicar.isIn(directory.resolve("parts"))).isTrue();
  }

  @ParameterizedTest
  @MethodSource("evasions")
  void whatIsHiddenInAnArchiveIsFound(Evasions.Evasion evasion) throws Exception {
    read(evasion.around().apply(Eicar.zip()));
    assertThat(Eicar.isIn(directory.resolve("parts"))).isTrue();
  }

  /** Harmless mail of the same shape is looked at harder, or refused. */
  @ParameterizedTest
  @MethodSource("evasions")
  void theShapeOfAHarmlessTwinIsNoted(Evasions.Evasion evasion) throws Exception {
    GenerousReader reader = read(evasion.around().apply("This is harmless. ".repeat(10)));
    if (evasion.odd()) {
      assertThat(isOdd(reader)).as("%s", reader.hits()).isTrue();
    }
  }
}
