package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecurePathTest {

  private @TempDir Path root;
  private Path directory = Path.of("/");
  private Path file = Path.of("/file");
  private int self;

  @BeforeEach
  void make() throws IOException {
    directory = Files.createDirectories(root.resolve("a/b"));
    file = directory.resolve("file");
    self = (Integer) Files.getAttribute(root, "unix:uid");
    mode(root, 0755);
    mode(root.resolve("a"), 0755);
    mode(directory, 0755);
  }

  private static void mode(Path path, int mode) throws IOException {
    Files.setAttribute(path, "unix:mode", mode);
  }

  private String trouble(Path path) throws IOException {
    return SecurePath.trouble("key", path, self);
  }

  @Test
  void directoriesThatNobodyElseCanWriteAreGood() throws IOException {
    assertThat(trouble(file)).isEmpty();
  }

  @Test
  void directoryThatItsGroupOrOthersCanWriteIsNamedWithWhatToRun() throws IOException {
    for (int mode : new int[] {0775, 0757, 0777}) {
      mode(directory, mode);
      assertThat(trouble(file))
          .contains("key " + file, "can be replaced by other users")
          .contains("mode 0" + Integer.toOctalString(mode), "owner " + self)
          .endsWith("chmod go-w " + directory);
    }
  }

  @Test
  void directoryFurtherUpCountsAsWell() throws IOException {
    mode(root.resolve("a"), 0777);
    assertThat(trouble(file)).endsWith("chmod go-w " + root.resolve("a"));
  }

  @Test
  void stickyDirectoryIsGoodFurtherUpAndBadAsTheLast() throws IOException {
    mode(root.resolve("a"), 01777);
    assertThat(trouble(file)).isEmpty();
    mode(directory, 01777);
    assertThat(trouble(file))
        .contains("open to all users", "name a path in a directory of its own");
  }

  @Test
  void directoryOfAnotherUserIsNamed() throws IOException {
    Need.root("give a directory away");
    Files.setAttribute(directory, "unix:uid", 12345);
    assertThat(trouble(file)).contains("belongs to user 12345", "chown " + self + " " + directory);
    assertThat(SecurePath.trouble("key", file, 12345)).isEmpty();
    mode(root.resolve("a"), 01777); // its owner may rename it, whoever he is
    assertThat(trouble(file)).contains("belongs to user 12345");
  }

  @Test
  void whereASymbolicLinkLeadsCounts() throws IOException {
    Path link = Files.createSymbolicLink(root.resolve("link"), directory);
    assertThat(trouble(link.resolve("file"))).isEmpty();
    mode(root.resolve("a"), 0777);
    assertThat(trouble(link.resolve("file"))).endsWith("chmod go-w " + root.resolve("a"));
  }

  /** Neither the path as it is written nor the one that it leads to has its directory. */
  @Test
  void directoryOfALinkInBetweenCounts() throws IOException {
    Path between = Files.createDirectories(root.resolve("between/of"));
    mode(root.resolve("between"), 0755);
    mode(between, 0755);
    Files.createSymbolicLink(between.resolve("second"), Path.of("../../a"));
    Path first = Files.createSymbolicLink(root.resolve("first"), between.resolve("second"));
    assertThat(trouble(first.resolve("b/file"))).isEmpty();
    mode(between, 0777);
    assertThat(trouble(first.resolve("b/file"))).endsWith("chmod go-w " + between);
  }

  @Test
  void linksThatGoRoundInCirclesAreAnError() throws IOException {
    Path link = root.resolve("link");
    Files.createSymbolicLink(link, link);
    assertThatThrownBy(() -> trouble(link.resolve("file"))).isInstanceOf(IOException.class);
  }

  @Test
  void missingDirectoryIsAnError() {
    assertThatThrownBy(() -> trouble(directory.resolve("none/file")))
        .isInstanceOf(NoSuchFileException.class);
  }
}
