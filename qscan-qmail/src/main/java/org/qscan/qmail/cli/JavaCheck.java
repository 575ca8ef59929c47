package org.qscan.qmail.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.process.Child;
import org.qscan.engine.process.Command;
import org.qscan.engine.process.Ending;

/** Checks the Java that the launcher would start, and its class archive. */
final class JavaCheck {

  private static final String JAVA = "java";
  private static final String ARCHIVE = "class archive";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private JavaCheck() {}

  static void run(Path home, PrintWriter out, LimitCheck limits, Findings findings) {
    try {
      Launch launch = Launch.of(home);
      limits.run(launch.neededKib());
      if (launch.java().isEmpty()) {
        findings.fail(JAVA, launch.trouble());
        return;
      }
      if (!launch.trouble().isEmpty()) {
        findings.note(JAVA, launch.trouble());
      }
      CacheDirectory cache = new CacheDirectory(home);
      if (!cache.jarId().equals(cache.buildId())) {
        findings.fail(
            JAVA,
            cache.jar()
                + " is not the one that lib/build-id was made for: install both from one package");
        return;
      }
      if (!launch.hasArchive()) {
        launch = build(home, cache, out, launch, findings);
      }
      findings.ok(JAVA, launch.java());
      tryArchive(launch, cache, findings);
    } catch (CacheFailure e) {
      findings.fail(JAVA, e.getMessage());
    } catch (IOException e) {
      findings.fail(JAVA, "lib/qscan.jar cannot be read: " + ScanFailure.inWords(e));
    }
  }

  /**
   * Builds the class archive. This is never done when a message arrives: see {@link CacheBuilder}.
   */
  private static Launch build(
      Path home, CacheDirectory cache, PrintWriter out, Launch launch, Findings findings) {
    if (!cache.isWritable()) {
      return launch;
    }
    try {
      new CacheBuilder(home, out).build();
      return Launch.of(home);
    } catch (CacheFailure e) {
      findings.note(ARCHIVE, e.getMessage());
      return launch;
    }
  }

  private static void tryArchive(Launch launch, CacheDirectory cache, Findings findings) {
    if (!launch.hasArchive()) {
      findings.note(
          ARCHIVE,
          "there is none for this Java, so a message costs up to twice the CPU: run"
              + " 'qscan install-cache' as the owner of "
              + cache.home().resolve("lib"));
      return;
    }
    List<String> argv = new ArrayList<>();
    argv.add(launch.java());
    argv.addAll(launch.options());
    argv.add(launch.archive());
    argv.add(ArchiveKind.ofOption(launch.archive()).insist());
    argv.addAll(List.of("-cp", cache.jar().toString(), "-version"));
    Ending ending = Child.start(quiet(argv), Command.NO_INPUT).await(PATIENCE);
    if (ending.exited(0)) {
      findings.ok(ARCHIVE, launch.archive());
    } else {
      findings.note(
          ARCHIVE,
          "Java does not accept "
              + launch.archive()
              + " (run 'qscan install-cache' again): "
              + new String(ending.output(), StandardCharsets.UTF_8).strip());
    }
  }

  private static Command quiet(List<String> argv) {
    List<String> joined = new ArrayList<>(List.of("/bin/sh", "-c", "exec \"$@\" 2>&1", "sh"));
    joined.addAll(argv);
    return new Command(joined, Command.OWN, "", PATIENCE, Duration.ZERO, 0, Command.OUTPUT_LIMIT);
  }
}
