package org.qscan.engine.extract;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.store.Effort;
import org.qscan.engine.store.MemoryBudget;
import org.qscan.engine.store.MessageStore;
import org.qscan.engine.store.PartStore;
import org.qscan.engine.testing.FakeProgram;
import org.qscan.engine.testing.Mails;

/** What a message may cost in ripMIME before others' mail has had its turn. */
class RipmimeCostTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Limits WIDE = new Limits(2000, 50, 1L << 30);
  private static final String MARK = FakeProgram.session();

  @TempDir Path directory;

  private Ripmime ripmime(String script) throws Exception {
    Path program = directory.resolve("ripmime");
    Files.writeString(program, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return new Ripmime(program, LONG, WIDE);
  }

  private Extraction extract(Ripmime ripmime, String mail, Effort effort) throws Exception {
    byte[] octets = Mails.octets(mail);
    PartStore store = PartStore.of(Files.createDirectory(directory.resolve("view")));
    Path raw = directory.resolve("1.eml");
    try (MessageStore message =
        MessageStore.inMemory(raw, () -> raw, false, MemoryBudget.none().share(effort, null))) {
      message.appendAll(octets, octets.length);
      return ripmime.start(message, store, MARK).finish(LONG);
    }
  }

  @Test
  void whereTheWholeMessageIsThereNoChildIsStartedForOneThatWouldOnlyHurtIt() throws Exception {
    Path started = directory.resolve("started");
    Extraction extraction =
        extract(
            ripmime(": > " + started + "; exec cat >/dev/null"),
            "Content-Type: text/plain" + ";a".repeat(44_000) + "\n\nbody\n",
            Effort.any());

    assertThat(extraction.outcome()).isEqualTo(Extraction.Result.TOO_COSTLY);
    assertThat(extraction.why()).contains("was not run");
    assertThat(started).doesNotExist();
  }

  @Test
  void ordinaryMailThatIsThereIsReadByTheChildToItsEnd() throws Exception {
    Extraction extraction =
        extract(ripmime("exec cat >/dev/null"), "Subject: x\n\nbody\n", Effort.of(1000, 1000));

    assertThat(extraction.outcome()).isEqualTo(Extraction.Result.DONE);
  }

  @Test
  void whatBusiesItForLongSpendsTheFirstEffortAndIsGivenUpForThen() throws Exception {
    Effort first = Effort.of(1_000_000, 1_000_000);
    extract(ripmime("while :; do :; done"), "Subject: x\n\nbody\n", first);

    assertThat(first.isSpent()).isTrue();
  }
}
