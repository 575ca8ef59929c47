package org.qscan.qmail.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.Health;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;
import org.qscan.engine.process.Command;

/** Whether all programs that the configuration names are there and can be executed. */
final class ProgramCheck {

  private ProgramCheck() {}

  /**
   * Looks at all of them.
   *
   * @param home the directory with bin, if it is known
   */
  static void run(Configuration configuration, @Nullable Path home, Findings findings) {
    check(configuration, Key.QUEUE_PROGRAM, findings);
    if (home != null) {
      checkLoop(configuration.path(Key.QUEUE_PROGRAM), home.resolve("bin/qscan-queue"), findings);
    }
    if (configuration.list(Key.EXTRACTORS).contains("ripmime")) {
      check(configuration, Key.RIPMIME_PROGRAM, findings);
    }
    for (String scanner : configuration.list(Key.SCANNERS)) {
      Key program = Key.of(scanner + ".program");
      if (program != null) {
        check(configuration, program, findings);
      }
    }
    checkTimeout(findings);
  }

  private static void check(Configuration configuration, Key key, Findings findings) {
    Path program = configuration.path(key);
    String trouble = Health.trouble(program);
    if (trouble.isEmpty()) {
      findings.ok(key.text(), program.toString());
    } else {
      findings.fail(
          key.text(),
          key.text()
              + " "
              + program
              + " "
              + trouble
              + ": install it, or name another ("
              + configuration.source(key)
              + ")");
    }
  }

  private static void checkLoop(Path program, Path ourselves, Findings findings) {
    try {
      if (Files.isSameFile(program, ourselves)) {
        findings.fail(
            Key.QUEUE_PROGRAM.text(),
            "queue.program " + program + " leads back to qscan-queue: name the real qmail-queue");
      }
    } catch (IOException e) {
      // One of them is missing, which has been said, or will be.
    }
  }

  /** Ends children whose watcher was killed; no extractor and no scanner starts without it. */
  private static void checkTimeout(Findings findings) {
    for (String directory : List.of(Command.OWN.getOrDefault("PATH", "").split(":", -1))) {
      if (Files.isExecutable(Path.of(directory, "timeout"))) {
        return;
      }
    }
    findings.fail(
        "timeout", "timeout(1) is not in " + Command.OWN.get("PATH") + ": install GNU coreutils");
  }
}
