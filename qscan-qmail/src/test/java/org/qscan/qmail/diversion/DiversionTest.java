package org.qscan.qmail.diversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.qmail.diversion.Standing.DiversionState;

class DiversionTest {

  private static final String CLIENT = "\177ELF ... usage: qscan-client [-c FILE] ... 1.0";
  private static final String OLDER_CLIENT = CLIENT.replace("1.0", "0.9");
  private static final String REAL = "\177ELF the real qmail-queue";
  private static final String UPGRADED = "\177ELF the real qmail-queue, another version";
  private static final Instant NOW = Instant.parse("2026-11-30T03:00:00Z");

  private Path root;
  private Path client;
  private Path queue;
  private Path real;
  private Path marker;

  @BeforeEach
  void installQmail(@TempDir Path directory) throws IOException {
    root = directory;
    client = Files.writeString(directory.resolve("qscan-client"), CLIENT);
    Path bin = Files.createDirectory(directory.resolve("bin"));
    queue = Files.writeString(bin.resolve("qmail-queue"), REAL);
    Files.setPosixFilePermissions(queue, PosixFilePermissions.fromString("rwx--x--x"));
    real = bin.resolve("qmail-queue-old");
    marker = directory.resolve("lib/enabled");
  }

  private Diversion diversion() {
    return new Diversion(root.resolve("bin"), client, marker);
  }

  private void enable() throws DiversionFailure {
    Diversion diversion = diversion();
    diversion.alone(() -> {
      diversion.stage();
      diversion.keepReal();
      diversion.divert(NOW);
    });
  }

  private Standing standing() {
    return Standing.of(marker, queue);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(root.resolve("bin"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void theClientGetsTheNameAndTheRealOneKeepsItsFileUnderTheOther() throws Exception {
    Object before = Files.getAttribute(queue, "unix:ino");
    assertThat(standing().state()).isEqualTo(DiversionState.NOT_IN_PLACE);
    enable();
    assertThat(queue).hasContent(CLIENT).isRegularFile();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(queue)))
        .isEqualTo("rwxr-xr-x");
    assertThat(Files.getAttribute(real, "unix:ino")).isEqualTo(before);
    assertThat(standing().state()).isEqualTo(DiversionState.IN_PLACE);
    assertThat(diversion().isDone()).isTrue();
    assertThat(names()).containsExactly("qmail-queue", "qmail-queue-old");
  }

  @Test
  void enablingTwiceIsEnablingOnce() throws Exception {
    enable();
    enable();
    assertThat(queue).hasContent(CLIENT);
    assertThat(real).hasContent(REAL);
  }

  @Test
  void disablingGivesTheVeryFileItsNameBackAndForgetsThatItWasEnabled() throws Exception {
    Object before = Files.getAttribute(queue, "unix:ino");
    enable();
    assertThat(diversion().restore()).isTrue();
    assertThat(Files.getAttribute(queue, "unix:ino")).isEqualTo(before);
    assertThat(standing().state()).isEqualTo(DiversionState.NOT_IN_PLACE);
    assertThat(diversion().restore()).isFalse();
    assertThat(names()).containsExactly("qmail-queue", "qmail-queue-old");
    enable();
    assertThat(queue).hasContent(CLIENT);
    assertThat(real).hasContent(REAL);
  }

  @Test
  void anUpgradeOfQmailThatWritesIntoTheFileIsNoticedAndTheNewQueueIsKept() throws Exception {
    enable();
    Files.writeString(
        queue, UPGRADED); // as open_trunc of qmail's install.c, which sets the mode then
    Files.setPosixFilePermissions(queue, PosixFilePermissions.fromString("rwx--x--x"));
    assertThat(standing().state()).isEqualTo(DiversionState.REPLACED);
    assertThat(standing().sentence())
        .contains(queue + " is no longer qscan-client", "'qscan enable --all'");
    assertThat(client).hasContent(CLIENT);
    assertThat(diversion().isDone()).isFalse();
    enable();
    assertThat(queue).hasContent(CLIENT);
    assertThat(real).hasContent(UPGRADED);
    assertThat(standing().state()).isEqualTo(DiversionState.IN_PLACE);
  }

  /** It may call the real one by the name that it would get: mail would go round for ever. */
  @Test
  void aWrapperIsNotTakenForAnUpgradeAndTheRealQueueStays() throws Exception {
    Files.setAttribute(queue, "unix:mode", 04711);
    enable();
    Files.delete(queue);
    Files.writeString(queue, "#!/bin/sh\nexec qmail-queue-old\n");
    Files.setPosixFilePermissions(queue, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThatThrownBy(this::enable)
        .hasMessageContainingAll(queue.toString(), real + " differ", "some other program");
    assertThat(real).hasContent(REAL);
  }

  @Test
  void aQueueThatIsReplacedDuringTheTrialIsNotLost() throws Exception {
    Diversion diversion = diversion();
    diversion.stage();
    diversion.keepReal();
    Files.delete(queue);
    Files.writeString(queue, UPGRADED);
    assertThatThrownBy(() -> diversion.divert(NOW)).hasMessageContaining("run this again");
    assertThat(queue).hasContent(UPGRADED);
    assertThat(marker).doesNotExist();
  }

  @Test
  void aModeThatHidesTheClientOrTheNoteFromQscandIsMended() throws Exception {
    enable();
    Files.setPosixFilePermissions(queue, PosixFilePermissions.fromString("rwx--x--x"));
    assertThat(diversion().isDone()).isFalse();
    enable();
    Files.setPosixFilePermissions(marker, PosixFilePermissions.fromString("rw-------"));
    assertThat(diversion().isDone()).isFalse();
    enable();
    assertThat(diversion().isDone()).isTrue();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(marker.getParent())))
        .isEqualTo("rwxr-xr-x");
  }

  @Test
  void aQueueThatIsGoneIsNoticed() throws Exception {
    enable();
    Files.delete(queue);
    assertThat(standing().state()).isEqualTo(DiversionState.REPLACED);
    assertThat(standing().sentence()).contains(queue + " does not exist", "no mail can be queued");
  }

  @Test
  void aClientOfAnotherVersionIsNoStrangerAndIsRenewed() throws Exception {
    enable();
    Files.delete(queue);
    Files.writeString(queue, OLDER_CLIENT);
    assertThat(standing().state()).isEqualTo(DiversionState.IN_PLACE);
    assertThat(diversion().isDone()).isFalse();
    enable();
    assertThat(queue).hasContent(CLIENT);
    assertThat(real).hasContent(REAL);
  }

  @Test
  void oneThatWasPutThereByHandIsTakenOver() throws Exception {
    Files.createLink(real, queue);
    Files.delete(queue);
    Files.createSymbolicLink(queue, client);
    assertThat(standing().state()).isEqualTo(DiversionState.IN_PLACE);
    assertThat(standing().sentence()).contains("did not put it there");
    enable();
    assertThat(queue).isRegularFile();
    assertThat(Files.isSymbolicLink(queue)).isFalse();
    assertThat(real).hasContent(REAL);
  }

  @Test
  void aClientThatWasOverwrittenThroughALinkIsNotPutInPlace() throws Exception {
    Files.createLink(real, queue);
    Files.delete(queue);
    Files.createSymbolicLink(queue, client);
    Files.writeString(queue, UPGRADED); // make setup: through the link
    assertThatThrownBy(this::enable)
        .isInstanceOf(DiversionFailure.class)
        .hasMessageContainingAll(client + " is not qscan-client", "unpack QScan again");
    Files.writeString(client, CLIENT);
    enable();
    assertThat(queue).hasContent(CLIENT);
    assertThat(real).hasContent(REAL);
  }

  @Test
  void twoProgramsOfWhichNeitherIsKnownAreLeftAlone() throws Exception {
    Files.writeString(real, UPGRADED);
    assertThatThrownBy(this::enable)
        .hasMessageContainingAll(queue.toString(), real + " differ", "Then run this again");
    assertThat(queue).hasContent(REAL);
    assertThat(real).hasContent(UPGRADED);
  }

  @Test
  void aSecondNameThatIsTheClientIsGivenToTheRealOne() throws Exception {
    Files.writeString(real, CLIENT); // mail would go round for ever
    enable();
    assertThat(queue).hasContent(CLIENT);
    assertThat(real).hasContent(REAL);
  }

  @Test
  void withoutARealQueueNothingIsDone() throws Exception {
    Files.writeString(queue, CLIENT);
    assertThatThrownBy(this::enable).hasMessageContaining(real + " does not exist");
    assertThatThrownBy(() -> diversion().restore()).hasMessageContaining("does not exist");
    Files.writeString(real, CLIENT);
    assertThatThrownBy(this::enable).hasMessageContaining("both qscan-client");
    assertThatThrownBy(() -> diversion().restore()).hasMessageContaining("both qscan-client");
    assertThat(queue).hasContent(CLIENT);
    Files.delete(queue);
    assertThatThrownBy(this::enable).hasMessageContaining("--qmail");
  }

  /** At any instant qmail-queue is one of the two, and what was begun can be done again. */
  @Test
  void whoeverIsKilledBetweenTwoStepsLeavesAQueueThatWorks() throws Exception {
    for (int steps = 0; steps <= 3; steps++) {
      Diversion diversion = diversion();
      if (steps > 0) {
        diversion.stage();
      }
      if (steps > 1) {
        diversion.keepReal();
      }
      if (steps > 2) { // the note is written, the name is not given yet
        new Marker(queue, Marker.digest(real), NOW).write(marker);
        assertThat(standing().state()).isEqualTo(DiversionState.REPLACED);
      }
      assertThat(queue).hasContent(REAL);
      enable();
      assertThat(queue).hasContent(CLIENT);
      assertThat(real).hasContent(REAL);
      diversion().restore();
      Files.delete(real);
    }
  }

  @Test
  void whatWasLeftByOneThatWasKilledIsNotInTheWay() throws Exception {
    for (String name : List.of(".qmail-queue.new", ".qmail-queue-old.new", "qmail-queue.qscan")) {
      Files.writeString(root.resolve("bin").resolve(name), "left");
    }
    Files.createDirectories(marker.getParent());
    Files.writeString(root.resolve("lib/enabled.new"), "left");
    enable();
    diversion().restore();
    assertThat(queue).hasContent(REAL);
    assertThat(names()).doesNotContain("qmail-queue.qscan", ".qmail-queue.new");
  }

  @Test
  void whereOthersMayWriteNothingIsWritten() throws Exception {
    for (String directory : List.of("bin", "lib")) {
      Path path = Files.createDirectories(root.resolve(directory));
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
      assertThatThrownBy(this::enable)
          .hasMessageContainingAll("can be replaced by other users", path.toString());
      assertThat(queue).hasContent(REAL);
      assertThat(marker).doesNotExist();
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    enable();
  }

  @Test
  void twoAtOnceAreOneTooMany() throws Exception {
    Files.createDirectories(marker.getParent());
    try (FileChannel channel =
            FileChannel.open(
                root.resolve("lib/enabled.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      assertThat(held.isValid()).isTrue();
      assertThatThrownBy(this::enable).hasMessageContaining("another 'qscan enable'");
    }
    enable();
  }

  @Test
  void aNoteThatCannotBeReadIsNeitherYesNorNo() throws Exception {
    enable();
    for (String text : List.of("", "queue=\n", "queue=/q\nreal.sha256=1\nsince=yesterday\n")) {
      Files.writeString(marker, text);
      assertThat(standing().state()).isEqualTo(DiversionState.UNKNOWN);
      assertThat(standing().sentence()).contains("enabled.file " + marker, "run 'qscan enable");
    }
  }
}
