package org.qscan.engine.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Which charsets a mail can name. */
class CharsetsTest {

  /** They come from a table then, for to ask for each is slow; it must not lack any. */
  @Test
  void allCharsetsAreFoundBehindAnyNumberOfUnknownNames() throws Exception {
    Meter meter = Meter.unlimited();
    for (int i = 0; i < 1000; i++) {
      assertThat(Charsets.named("x-nobodys-" + i, meter)).isNull();
    }
    for (Charset charset : Charset.availableCharsets().values()) {
      for (String alias : charset.aliases()) {
        if (alias.length() > 40) {
          continue; // longer than any name that is looked at
        }
        Charset usual = Charset.forName(alias);
        assertThat(Charsets.named(alias, meter)).as(alias).isEqualTo(usual);
        assertThat(Charsets.named(alias.toUpperCase(Locale.ROOT), meter)).isEqualTo(usual);
        assertThat(Charsets.named(alias.toLowerCase(Locale.ROOT), meter)).isEqualTo(usual);
      }
      assertThat(Charsets.named(charset.name(), meter)).isEqualTo(charset);
    }
  }
}
