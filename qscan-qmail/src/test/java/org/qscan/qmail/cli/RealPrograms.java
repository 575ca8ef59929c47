package org.qscan.qmail.cli;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Programs that a machine may lack: a test that needs one is skipped there, but fails in CI. */
final class RealPrograms {

  private RealPrograms() {}

  static Path require(String name) {
    for (String directory : List.of("/usr/local/bin", "/usr/bin", "/bin")) {
      Path program = Path.of(directory, name);
      if (Files.isExecutable(program)) {
        return program;
      }
    }
    missing(name + " is not installed");
    return Path.of("/nonexistent");
  }

  static void requireRoot(String what) throws IOException {
    if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
      missing("root is needed to " + what);
    }
  }

  private static void missing(String message) {
    if ("true".equals(System.getenv("CI"))) {
      fail(message);
    }
    abort(message);
  }
}
