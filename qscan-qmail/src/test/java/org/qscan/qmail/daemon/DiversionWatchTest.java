package org.qscan.qmail.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;
import org.qscan.qmail.diversion.Standing.DiversionState;

class DiversionWatchTest {

  private static final String CLIENT = "usage: qscan-client [-c FILE]";
  private static final String OTHER = "some other program, as long.."; // as long as CLIENT

  private final DiversionWatch watch = new DiversionWatch();
  private Path queue = Path.of("/");
  private Path marker = Path.of("/");
  private DaemonConfig config = DaemonConfig.from(Configuration.defaults());

  @BeforeEach
  void enable(@TempDir Path directory) throws Exception {
    queue = Files.writeString(directory.resolve("qmail-queue"), CLIENT);
    marker = directory.resolve("enabled");
    note();
    Configuration configuration = Configuration.defaults();
    configuration.set(Key.ENABLED_FILE.text(), marker.toString(), "test");
    configuration.set(
        Key.QUEUE_PROGRAM.text(), directory.resolve("qmail-queue-old").toString(), "test");
    config = DaemonConfig.from(configuration);
  }

  private void note() throws Exception {
    Files.writeString(marker, "queue=" + queue + "\nreal.sha256=1\nsince=2026-11-30T03:00:00Z\n");
  }

  /** {@code enable} writes its note before it renames. */
  @Test
  void whatIsSoAtOneLookOnlyIsNoAlarm() throws Exception {
    Files.writeString(queue, OTHER);
    assertThat(watch.trouble(config)).isEmpty();
    Files.writeString(queue, CLIENT);
    assertThat(watch.trouble(config)).isEmpty();
    Files.writeString(queue, OTHER);
    assertThat(watch.trouble(config)).isEmpty();
    assertThat(watch.trouble(config)).contains(queue + " is no longer qscan-client");
    assertThat(watch.trouble(config)).contains(queue + " is no longer qscan-client");
    Files.writeString(queue, CLIENT);
    assertThat(watch.trouble(config)).isEmpty();
  }

  @Test
  void anOldTimeOfModificationHidesNoChange() throws Exception {
    FileTime time = Files.getLastModifiedTime(queue);
    assertThat(watch.look(config).state()).isEqualTo(DiversionState.IN_PLACE);
    Files.writeString(queue, OTHER); // the same file, and the same size
    Files.setLastModifiedTime(queue, time);
    assertThat(watch.look(config).state()).isEqualTo(DiversionState.REPLACED);
  }
}
