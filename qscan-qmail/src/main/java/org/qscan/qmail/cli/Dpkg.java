package org.qscan.qmail.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.qscan.engine.process.Child;
import org.qscan.engine.process.Command;
import org.qscan.engine.process.Ending;
import org.qscan.qmail.diversion.DiversionFailure;

/**
 * If qmail is a Debian package, tells the package manager that qmail-queue has another name now.
 * Otherwise, the next upgrade of qmail would replace qscan-client. It does not use {@code
 * --rename}, because then there is no qmail-queue for a moment.
 */
final class Dpkg {

  private static final Path DPKG = Path.of("/usr/bin/dpkg");
  private static final String DIVERT = "/usr/bin/dpkg-divert";
  private static final String PACKAGE = "qscan";
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private Dpkg() {}

  /** Makes the diversion; false if no package owns qmail-queue. */
  static boolean divert(Path queue, Path real) throws DiversionFailure {
    if (!Files.isExecutable(DPKG) || !owns(queue)) {
      return false;
    }
    divert("--divert", real.toString(), "--add", queue.toString());
    return true;
  }

  /** Removes the diversion, if it is one of QScan. */
  static void undivert(Path queue) throws DiversionFailure {
    if (Files.isExecutable(DPKG)) {
      Ending who = run(DIVERT, "--listpackage", queue.toString());
      if (new String(who.output(), StandardCharsets.UTF_8).strip().equals(PACKAGE)) {
        divert("--remove", queue.toString());
      }
    }
  }

  private static boolean owns(Path queue) {
    return run(DPKG.toString(), "--search", queue.toString()).exited(0);
  }

  private static void divert(String... words) throws DiversionFailure {
    List<String> argv = new java.util.ArrayList<>(List.of(DIVERT, "--package", PACKAGE));
    argv.add("--no-rename");
    argv.addAll(List.of(words));
    Ending ending = run(argv.toArray(String[]::new));
    if (!ending.exited(0)) {
      throw new DiversionFailure(
          String.join(" ", argv)
              + " "
              + ending.inWords()
              + ": "
              + new String(ending.output(), StandardCharsets.UTF_8).strip());
    }
  }

  private static Ending run(String... argv) {
    Command command =
        new Command(
            List.of(argv), Command.OWN, "", PATIENCE, Duration.ZERO, 0, Command.OUTPUT_LIMIT);
    return Child.start(command, Command.NO_INPUT).await(PATIENCE);
  }
}
