package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;

/** A disk that is soon full. */
record Tmpfs(Path directory) implements AutoCloseable {

  static Tmpfs mount(Path directory, String size, int inodes) throws IOException {
    run(
        "mount",
        "-t",
        "tmpfs",
        "-o",
        "size=" + size + ",nr_inodes=" + inodes + ",mode=0700",
        "tmpfs",
        directory.toString());
    return new Tmpfs(directory);
  }

  @Override
  public void close() throws IOException {
    run("umount", "-l", directory.toString());
  }

  private static void run(String... words) throws IOException {
    Process process = new ProcessBuilder(words).inheritIO().start();
    assertThat(process.onExit().join().exitValue()).as("%s", (Object) words).isZero();
  }
}
