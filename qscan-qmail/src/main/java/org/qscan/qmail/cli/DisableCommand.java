package org.qscan.qmail.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.ConfigurationException;
import org.qscan.qmail.diversion.Diversion;
import org.qscan.qmail.diversion.DiversionFailure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code qscan disable}: gives the real qmail-queue its name back. */
@Command(
    name = "disable",
    header = "Takes QScan out of the way of qmail's mail, which is not scanned any more.",
    description =
        "Gives the real qmail-queue its name back. Its second name, qmail-queue-old, stays for mail"
            + " that qscand still has. Run it as root.")
final class DisableCommand implements Callable<Integer> {

  private final Installation installation;

  @Mixin private final QmailBin bin = new QmailBin();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  DisableCommand(Installation installation) {
    this.installation = installation;
  }

  @Override
  public Integer call() {
    Findings findings = new Findings(spec.commandLine().getOut());
    Configuration configuration = configuration(findings);
    Path home = installation.home();
    try {
      Diversion diversion =
          bin.diversion(configuration, home == null ? Path.of("/nonexistent") : home);
      diversion.alone(() -> disable(diversion, findings));
    } catch (DiversionFailure e) {
      findings.fail("qmail-queue", e.getMessage());
    }
    return findings.conclude();
  }

  /**
   * The configuration. If there is an error in it, no mail flows, and that must not prevent this
   * command.
   */
  private Configuration configuration(Findings findings) {
    try {
      return installation.configuration();
    } catch (ConfigurationException e) {
      findings.note(
          "configuration", "the defaults are used, because of an error: " + e.getMessage());
      return Configuration.defaults();
    }
  }

  private static void disable(Diversion diversion, Findings findings) throws DiversionFailure {
    boolean was = diversion.restore();
    Dpkg.undivert(diversion.queue());
    findings.ok(
        "qmail-queue",
        diversion.queue()
            + (was
                ? " is the real qmail-queue from now on: mail is no longer scanned"
                : " is not qscan-client, and was left as it is"));
  }
}
