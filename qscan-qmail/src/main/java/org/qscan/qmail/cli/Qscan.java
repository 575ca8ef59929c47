package org.qscan.qmail.cli;

import java.nio.file.Path;
import org.qscan.engine.config.ConfigurationException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code bin/qscan}: the command line, and what all commands share. */
@Command(
    name = "qscan",
    header = "Judges mail, and checks and observes an installation of QScan; see qscan(8).",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = ScopeType.INHERIT)
public final class Qscan implements Runnable {

  @Mixin private final Installation installation;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  Qscan(Installation installation) {
    this.installation = installation;
  }

  /**
   * Runs as {@code bin/qscan} starts it. System property {@code qscan.exit.base} is added to every
   * exit code, so that the launcher can tell them from those of a virtual machine that cannot
   * start.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    String home = System.getProperty("qscan.home");
    Qscan qscan = new Qscan(new Installation(System.getenv(), home == null ? null : Path.of(home)));
    int code = ScanExit.FAILED.code();
    try {
      code = qscan.commandLine().execute(args);
    } catch (Throwable e) { // an Error as well: 1 would mean "infected"
      System.err.println("qscan: " + e);
    }
    System.exit(code + Integer.getInteger("qscan.exit.base", 0));
  }

  /** The parser of the command line, ready to execute. */
  CommandLine commandLine() {
    return new CommandLine(this)
        .addSubcommand(new ScanCommand(installation))
        .addSubcommand(new ExplainCommand(installation))
        .addSubcommand(new CheckCommand(installation))
        .addSubcommand(new ConfigCommand(installation))
        .addSubcommand(new EnableCommand(installation))
        .addSubcommand(new DisableCommand(installation))
        .addSubcommand(new EnabledCommand(installation))
        .addSubcommand(new JanitorCommand(installation))
        .addSubcommand(new StatusCommand(installation))
        .addSubcommand(new TopCommand(installation))
        .addSubcommand(new InstallCacheCommand(installation))
        .setExpandAtFiles(false) // a file may be called @x
        .setExecutionExceptionHandler(Qscan::failed);
  }

  /** Reports a failure: an expected one in one sentence, an unexpected one with its stack trace. */
  private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed)
      throws Exception {
    if (!(e instanceof ConfigurationException
        || e instanceof org.qscan.engine.ScanFailure
        || e instanceof CacheFailure)) {
      throw e;
    }
    command.getErr().println("qscan: " + e.getMessage());
    return command.getCommandSpec().exitCodeOnExecutionException();
  }

  /** Runs if there is no command. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
