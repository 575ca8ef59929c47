package org.qscan.qmail.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;

class ListenerTest {

  private static final Path SOCKET = Path.of("/run/qscan/qscand.sock");

  @Test
  void whomClientsDoNotBelieveTheOperatorIsTold() {
    assertThat(Listener.disbelief(SOCKET, 998, 0)).contains("user 0", "user 998", "chown");
    assertThat(Listener.disbelief(SOCKET, 998, 998)).isEmpty();
    assertThat(Listener.disbelief(SOCKET, 0, 998)).isEmpty();
  }

  @Test
  void socketGetsItsNameWithItsModeAndNothingIsFollowed(@TempDir Path root) throws Exception {
    Path directory = Files.createDirectory(root.resolve("run"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path socket = directory.resolve("sock");
    Files.createSymbolicLink(directory.resolve(".new"), root);
    Files.createSymbolicLink(socket, root.resolve("elsewhere"));
    try (Listener listener = Listener.open(config(socket), 9)) {
      assertThat(Files.getAttribute(socket, "unix:mode", LinkOption.NOFOLLOW_LINKS))
          .isEqualTo(0140666);
      assertThat(root.resolve("sock")).doesNotExist();
      assertThat(root.resolve("elsewhere")).doesNotExist();
      assertThat(listener.lookAfter(config(socket), 9).trouble()).isEmpty();

      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxr-x"));
      assertThat(listener.lookAfter(config(socket), 9).trouble())
          .contains("can be replaced by other users", "mode 0775", "chmod go-w " + directory);
      Files.delete(socket);
      Files.createSymbolicLink(socket, root.resolve("elsewhere"));
      assertThat(listener.lookAfter(config(socket), 9).trouble())
          .contains("a file that is not qscand's socket");
    }
  }

  @Test
  void whereEveryUserCanReplaceItQscandDoesNotListen(@TempDir Path root) throws Exception {
    Path directory = Files.createDirectory(root.resolve("run"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path socket = directory.resolve("sock");
    assertThatThrownBy(() -> Listener.open(config(socket), 9))
        .hasMessageContaining("every user can replace " + socket)
        .hasMessageEndingWith("chmod go-w " + directory);
  }

  private static DaemonConfig config(Path socket) throws Exception {
    Configuration configuration = Configuration.defaults();
    configuration.set(Key.DAEMON_SOCKET.text(), socket.toString(), "test");
    return DaemonConfig.from(configuration);
  }
}
