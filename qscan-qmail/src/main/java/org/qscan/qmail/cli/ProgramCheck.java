package org.qscan.qmail.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.EngineConfig;
import org.qscan.engine.Health;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;
import org.qscan.engine.process.Child;
import org.qscan.engine.process.Command;
import org.qscan.engine.process.Ending;

/** Checks whether all programs that the configuration names exist and can be executed. */
final class ProgramCheck {

  private static final String TIMEOUT = "timeout";
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private ProgramCheck() {}

  /**
   * Checks all of them.
   *
   * @param home the directory that contains bin, if it is known
   */
  static void run(Configuration configuration, @Nullable Path home, Findings findings) {
    check(configuration, Key.QUEUE_PROGRAM, findings);
    if (home != null) {
      checkLoop(configuration.path(Key.QUEUE_PROGRAM), home.resolve("bin/qscan-queue"), findings);
    }
    EngineConfig engine = EngineConfig.from(configuration);
    findings.ok(Key.EXTRACTORS.text(), inWords(configuration, engine));
    if (engine.extractors().contains("ripmime")) {
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

  private static String inWords(Configuration configuration, EngineConfig engine) {
    String readers = String.join(",", engine.extractors());
    String set = configuration.text(Key.EXTRACTORS);
    if (!set.equals("auto")) {
      return readers;
    }
    return "auto: "
        + readers
        + (engine.extractors().contains("ripmime")
            ? ", because a scanner is a program"
            : ", because no scanner is a program");
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
              + ": install it, or set "
              + key.text()
              + " to where it is (the value is from "
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
      // One of them is missing, which is reported elsewhere.
    }
  }

  /**
   * Checks for timeout(1), which ends children whose watcher was killed. No extractor and no
   * scanner starts without it.
   */
  private static void checkTimeout(Findings findings) {
    for (String directory : List.of(Command.OWN.getOrDefault("PATH", "").split(":", -1))) {
      Path program = Path.of(directory, "timeout");
      if (Files.isExecutable(program)) {
        findings.ok(TIMEOUT, program + (isBusyBox(program) ? ", of BusyBox" : ""));
        return;
      }
    }
    findings.fail(
        TIMEOUT, "timeout(1) is not in " + Command.OWN.get("PATH") + ": install GNU coreutils");
  }

  /**
   * Whether it is BusyBox' timeout, which is worth a note: it has one more process for each
   * program, for a second at most.
   */
  private static boolean isBusyBox(Path timeout) {
    List<String> help =
        List.of("/bin/sh", "-c", "exec \"$1\" --help 2>&1", "sh", timeout.toString());
    Command command =
        new Command(help, Command.OWN, "", PATIENCE, Duration.ZERO, 0, Command.OUTPUT_LIMIT);
    Ending ending = Child.start(command, Command.NO_INPUT).await(PATIENCE);
    return new String(ending.output(), StandardCharsets.ISO_8859_1).contains("BusyBox");
  }
}
