package org.qscan.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.testing.ManualTicker;

class TroublemakersTest {

  @TempDir Path directory;
  private final ManualTicker time = new ManualTicker();
  private final Troublemakers troublemakers = new Troublemakers(time);

  private Path mail(String text) throws IOException {
    return Files.writeString(Files.createTempFile(directory, "mail", ".eml"), text);
  }

  @Test
  void aMessageIsKnownByItsBodyBecauseItsHeaderIsNewAtEachAttempt() throws Exception {
    troublemakers.add(mail("Received: at 9\nSubject: x\n\nthe\n\nbody\n"));
    assertThat(troublemakers.knows(mail("Received: at 10\nSubject: x\n\nthe\n\nbody\n"))).isTrue();
    assertThat(troublemakers.knows(mail("Received: at 10\r\nA: b\r\n\r\nthe\n\nbody\n"))).isTrue();
    assertThat(troublemakers.knows(mail("Received: at 9\nSubject: x\n\nanother\n"))).isFalse();
  }

  @Test
  void withoutABodyAllOfItCounts() throws Exception {
    troublemakers.add(mail("Subject: no empty line\nbody\n"));
    assertThat(troublemakers.knows(mail("Subject: no empty line\nbody\n"))).isTrue();
    assertThat(troublemakers.knows(mail("Subject: no empty line\n"))).isFalse();
  }

  @Test
  void theBodyCountsHoweverLongTheHeaderIs() throws Exception {
    troublemakers.add(mail("A: " + "x".repeat(100_000) + "\n\nbody\n"));
    assertThat(troublemakers.knows(mail("B: " + "y".repeat(70_000) + "\n\nbody\n"))).isTrue();
  }

  @Test
  void onlySoManyAreRemembered() throws Exception {
    Path first = mail("\n0");
    troublemakers.add(first);
    for (int i = 1; i <= 1000; i++) {
      troublemakers.add(mail("\n" + i));
    }
    assertThat(troublemakers.knows(first)).isFalse();
    assertThat(troublemakers.knows(mail("\n1000"))).isTrue();
  }

  @Test
  void whatCannotBeReadIsNotKnown() throws Exception {
    troublemakers.add(mail("\nx"));
    troublemakers.add(directory.resolve("gone"));
    assertThat(troublemakers.knows(directory.resolve("gone"))).isFalse();
  }

  @Test
  void afterAnHourTheyAreForgotten() throws Exception {
    Path mail = mail("\nbody");
    troublemakers.add(mail);
    time.advance(Duration.ofHours(1));
    assertThat(troublemakers.knows(mail)).isTrue();
    time.advance(Duration.ofNanos(1));
    assertThat(troublemakers.knows(mail)).isFalse();
  }
}
