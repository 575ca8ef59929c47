package org.qscan.engine.testing;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Programs of the system that some tests need. */
public final class RealPrograms {

  private static final List<String> PLACES =
      List.of("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin");

  private RealPrograms() {}

  /**
   * The program's path. Where it is missing the test is skipped with a message; with {@code
   * CI=true} in the environment it fails, so that no gap goes unnoticed there.
   *
   * @param name as in {@code ripmime}
   */
  public static Path require(String name) {
    for (String place : PLACES) {
      Path program = Path.of(place, name);
      if (Files.isExecutable(program)) {
        return program;
      }
    }
    missing("this test needs the program " + name + ", which is not in " + PLACES);
    throw new IllegalStateException("not reached");
  }

  /**
   * Says that something the test needs is not to be had here: a failure with {@code CI=true}, else
   * a skipped test.
   *
   * @param what a sentence
   */
  public static void missing(String what) {
    if ("true".equals(System.getenv("CI"))) {
      fail(what);
    } else {
      abort(what);
    }
  }

  /** Whether the tests run as root. */
  public static boolean areRoot() {
    return "root".equals(System.getProperty("user.name"));
  }
}
