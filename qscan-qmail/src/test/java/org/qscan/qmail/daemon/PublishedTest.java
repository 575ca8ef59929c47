package org.qscan.qmail.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;

/** The file beside the socket, in a directory that others may be able to write. */
class PublishedTest {

  private @TempDir Path root;
  private final Configuration configuration = Configuration.defaults();
  private Path directory = Path.of("/");
  private Path file = Path.of("/file");
  private Path victim = Path.of("/victim");

  @BeforeEach
  void make() throws Exception {
    directory = Files.createDirectory(root.resolve("run"));
    mode(directory, "rwxr-xr-x");
    file = directory.resolve("sock.settings");
    victim = Files.writeString(root.resolve("victim"), "untouched");
    mode(victim, "rw-------");
    configuration.set(Key.DAEMON_SOCKET.text(), directory.resolve("sock").toString(), "test");
  }

  private static void mode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  @Test
  void everybodyCanReadWhatIsInForceAndNobodyElseCanWriteIt() throws Exception {
    configuration.set(Key.BOUNCE_USER.text(), "4711", "test");
    Published.write(configuration);
    assertThat(Files.readString(file))
        .contains("daemon.patience=5s\n", "exit.failed=99\n", "bounce.uid=4711\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r--r--");
    configuration.set(Key.BOUNCE_USER.text(), "no-such-user-here", "test");
    configuration.set(Key.DAEMON_PATIENCE.text(), "7s", "test");
    Published.write(configuration);
    assertThat(Files.readString(file)).contains("daemon.patience=7s\n").doesNotContain("bounce");
  }

  @Test
  void whatIsGoneOrALinkIsNotThere() throws Exception {
    assertThat(Published.isThere(configuration)).isFalse();
    Published.write(configuration);
    assertThat(Published.isThere(configuration)).isTrue();
    Files.delete(file);
    Files.createSymbolicLink(file, victim);
    assertThat(Published.isThere(configuration)).isFalse();
    Published.write(configuration);
    assertThat(file).isRegularFile();
    assertThat(Files.isSymbolicLink(file)).isFalse();
    assertThat(victim).hasContent("untouched");
  }

  /** Somebody puts links where we write, as fast as he can. */
  @Test
  void noLinkIsFollowed() throws Exception {
    mode(directory, "rwxrwxr-x");
    AtomicBoolean ended = new AtomicBoolean();
    Path staging = directory.resolve(".new");
    Thread planter =
        new Thread(() -> {
          while (!ended.get()) {
            plant(Path.of(file + ".new"), victim);
            plant(staging, root);
          }
        });
    planter.start();
    try {
      for (int i = 0; i < 300; i++) {
        Files.deleteIfExists(staging);
        write();
      }
    } finally {
      ended.set(true);
      planter.join();
    }
    assertThat(victim).hasContent("untouched");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(victim)))
        .isEqualTo("rw-------");
    assertThat(root.resolve("sock.settings")).doesNotExist();
  }

  /** To fail is right as well: then the configuration counts. */
  private void write() {
    try {
      Published.write(configuration);
    } catch (IOException e) {
      assertThat(e).isNotNull();
    }
  }

  private static void plant(Path link, Path target) {
    try {
      Files.createSymbolicLink(link, target);
    } catch (IOException e) {
      // It is there.
    }
  }

  @Test
  void linkInThePlaceOfTheStagingDirectoryIsRemovedAndNotFollowed() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve(".new"), root);
    Published.write(configuration);
    assertThat(Files.isDirectory(link, LinkOption.NOFOLLOW_LINKS)).isTrue();
    assertThat(root.resolve("sock.settings")).doesNotExist();
  }

  @Test
  void stagingDirectoryThatOthersCanWriteIsNotUsed() throws Exception {
    mode(Files.createDirectory(directory.resolve(".new")), "rwxrwxr-x");
    assertThatThrownBy(() -> Published.write(configuration))
        .hasMessageContaining(
            directory.resolve(".new") + " does not belong to qscand's user alone");
  }

  @Test
  void whereEveryUserCanReplaceItNothingIsWritten() throws Exception {
    mode(directory, "rwxrwxrwx");
    assertThatThrownBy(() -> Published.write(configuration))
        .hasMessageContaining("every user can replace " + file)
        .hasMessageEndingWith("chmod go-w " + directory);
    assertThat(file).doesNotExist();
    Files.setAttribute(directory, "unix:mode", 01777);
    Published.write(configuration);
    assertThat(file).exists();
  }
}
