package org.qscan.qmail.cli;

import java.util.concurrent.Callable;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.ConfigurationException;
import org.qscan.engine.config.Key;
import org.qscan.qmail.diversion.Standing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code qscan enabled}: tells whether mail comes through QScan, for scripts and monitoring. */
@Command(
    name = "enabled",
    exitCodeOnExecutionException = 2,
    header = "Says whether all mail of qmail comes through QScan.",
    description =
        "Exit code 0: it does. 1: it does not, and 'qscan enable' was not run. 2: 'qscan enable' was"
            + " run, and something has replaced qscan-client since, so mail is not scanned; or"
            + " this cannot be found out.")
final class EnabledCommand implements Callable<Integer> {

  private final Installation installation;

  @Mixin private final QmailBin bin = new QmailBin();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  EnabledCommand(Installation installation) {
    this.installation = installation;
  }

  @Override
  public Integer call() throws ConfigurationException {
    Configuration configuration = installation.configuration();
    Standing standing = Standing.of(configuration.path(Key.ENABLED_FILE), bin.queue(configuration));
    spec.commandLine().getOut().println(standing.sentence());
    return switch (standing.state()) {
      case IN_PLACE -> 0;
      case NOT_IN_PLACE -> 1;
      case REPLACED, UNKNOWN -> 2;
    };
  }
}
