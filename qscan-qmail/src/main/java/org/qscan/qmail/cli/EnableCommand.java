package org.qscan.qmail.cli;

import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.ConfigurationException;
import org.qscan.qmail.diversion.Diversion;
import org.qscan.qmail.diversion.DiversionFailure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code qscan enable}: from now on, qmail's mail comes through QScan. */
@Command(
    name = "enable",
    header = "Puts QScan in the way of all mail of qmail.",
    description =
        "Tries a copy of qscan-client with an EICAR mail as each user that hands over mail. Only if"
            + " qscand refuses all of them, the real qmail-queue gets the name qmail-queue-old, and"
            + " the copy gets the name qmail-queue. Run it as root, again after each upgrade of"
            + " QScan or qmail. The last line is PASS (exit code 0), or FAIL with the cause (exit"
            + " code 1); then mail flows as before.")
final class EnableCommand implements Callable<Integer> {

  private final Installation installation;

  @Mixin private final QmailBin bin = new QmailBin();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--all",
      description = "All mail, from every program and every user. This must be said.")
  private boolean all;

  EnableCommand(Installation installation) {
    this.installation = installation;
  }

  @Override
  public Integer call() throws ConfigurationException {
    if (!all) {
      throw new ParameterException(
          spec.commandLine(),
          "say --all: from then on, all mail that qmail's programs hand over is scanned");
    }
    Configuration configuration = installation.configuration();
    Findings findings = new Findings(spec.commandLine().getOut());
    Path home = installation.home();
    if (home == null) {
      findings.fail(
          "qscan-client", "this was not started by bin/qscan, so it is not known where it is");
    } else {
      try {
        Diversion diversion = bin.diversion(configuration, home);
        diversion.alone(() -> enable(diversion, configuration, findings));
      } catch (DiversionFailure e) {
        findings.fail("qmail-queue", e.getMessage());
      }
    }
    return findings.conclude();
  }

  private void enable(Diversion diversion, Configuration configuration, Findings findings)
      throws DiversionFailure {
    boolean done = diversion.isDone();
    try {
      Path copy = diversion.stage();
      boolean isNew =
          diversion.keepReal(); // this comes first: without a queue.program, nothing is scanned
      findings.ok("queue.program", diversion.real() + " is the real qmail-queue");
      LiveCheck.run(copy, configuration, file(findings), findings);
      if (findings.failed()) {
        diversion.forgetReal(isNew);
        return;
      }
      if (Dpkg.divert(diversion.queue(), diversion.real())) {
        findings.ok("dpkg-divert", "an upgrade of qmail's package will leave qscan-client there");
      }
      if (!done) {
        diversion.divert(Instant.now());
      }
      findings.ok(
          "qmail-queue",
          diversion.queue()
              + (done
                  ? " is qscan-client of this installation already"
                  : " is qscan-client of this installation from now on: all mail is scanned"));
    } finally {
      diversion.unstage();
    }
  }

  /**
   * The configuration file for the trial; null for the usual one. qmail's programs call qmail-queue
   * without arguments, so mail always uses the usual one.
   */
  private @Nullable Path file(Findings findings) {
    Path file = installation.configurationFile();
    if (file != null && !file.equals(Configuration.DEFAULT_FILE)) {
      findings.note(
          "configuration",
          "is "
              + file
              + " here, but qmail starts qscan-client without -c, which then reads "
              + Configuration.DEFAULT_FILE
              + " unless QSCAN_CONFIG is set");
      return file;
    }
    return null;
  }
}
