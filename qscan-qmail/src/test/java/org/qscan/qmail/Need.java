package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a test cannot do without: skipped where it is missing, but failed in CI. */
final class Need {

  private Need() {}

  static void root(String what) throws IOException {
    check(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
        "root is needed to " + what);
  }

  /** A program, looked for where Debian puts programs. */
  static Path program(String name) {
    for (String directory : new String[] {"/usr/bin", "/usr/sbin", "/bin", "/usr/local/bin"}) {
      Path program = Path.of(directory, name);
      if (Files.isExecutable(program)) {
        return program;
      }
    }
    check(false, name + " is not installed");
    return Path.of("/nonexistent");
  }

  /**
   * What the machine must allow.
   *
   * @param what is needed
   */
  static void that(boolean allowed, String what) {
    check(allowed, what);
  }

  private static void check(boolean there, String what) {
    if ("true".equals(System.getenv("CI"))) {
      assertThat(there).as(what).isTrue();
    }
    assumeTrue(there, what);
  }
}
