package org.qscan.qmail.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.ConfigurationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code qscan check}: checks everything from the configuration to a virus that must be refused.
 */
@Command(
    name = "check",
    header = "Checks whether this installation finds viruses.",
    description =
        "Checks the configuration, the programs, the scanners and the age of their virus data, the rights"
            + " and Java. Then a clean mail goes through the engine, and an EICAR mail through"
            + " bin/qscan-queue. Run it as the user that scans, because rights matter. The last line is"
            + " PASS (exit code 0), or FAIL with the cause (exit code 1).")
final class CheckCommand implements Callable<Integer> {

  private final Installation installation;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  CheckCommand(Installation installation) {
    this.installation = installation;
  }

  @Override
  public Integer call() {
    Findings findings = new Findings(spec.commandLine().getOut());
    findings.ok("user", User.current().inWords());
    Path file = installation.configurationFile();
    Configuration configuration = readConfiguration(file, findings);
    if (configuration != null) {
      check(configuration, file, findings);
    }
    return findings.conclude();
  }

  private void check(Configuration configuration, @Nullable Path file, Findings findings) {
    Path home = installation.home();
    InTheWayCheck.run(configuration, findings);
    ProgramCheck.run(configuration, home, findings);
    WorkDirectoryCheck.run(configuration, findings);
    ClientCheck.run(configuration, file, home, findings);
    PublishedCheck.run(configuration, findings);
    ScannerDataCheck.run(configuration, findings);
    ClamdLimitCheck.run(configuration, findings);
    if (!findings.failed()) {
      ScannerCheck.run(configuration, findings);
    }
    LimitCheck limits = new LimitCheck(findings);
    if (home == null) {
      findings.note("java", "this was not started by bin/qscan, so the launcher is not checked");
    } else {
      JavaCheck.run(home, spec.commandLine().getOut(), limits, findings);
    }
    if (findings.failed()) {
      return; // the test mails would only repeat it
    }
    CleanMailCheck.run(configuration, findings);
    if (home != null && !findings.failed()) {
      WholePathCheck.run(home, configuration, file, findings);
    }
  }

  private @Nullable Configuration readConfiguration(@Nullable Path file, Findings findings) {
    try {
      Configuration configuration = installation.configuration();
      findings.ok(
          "configuration",
          file == null
              ? "built-in defaults: there is no " + Configuration.DEFAULT_FILE
              : file.toString());
      configuration.warnings().forEach(warning -> findings.note("configuration", warning));
      return configuration;
    } catch (ConfigurationException e) {
      findings.fail("configuration", e.getMessage());
      return null;
    }
  }
}
