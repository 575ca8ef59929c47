package org.qscan.qmail.cli;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.ConfigurationException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code bin/qscan}: what all its commands share. */
@Command(
    name = "qscan",
    header = "Judges mail, and checks and observes an installation of QScan; see qscan(8).",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = ScopeType.INHERIT,
    subcommands = {
      ScanCommand.class,
      ExplainCommand.class,
      CheckCommand.class,
      ConfigCommand.class,
      JanitorCommand.class,
      StatusCommand.class,
      TopCommand.class,
      InstallCacheCommand.class
    })
public final class Qscan implements Runnable {

  private final Map<String, String> environment;
  private final @Nullable Path home;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "-c",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description =
          "The configuration file. Without it: the file that $QSCAN_CONFIG names, or else"
              + " /etc/qscan/qscan.properties, or else the built-in defaults.")
  private @Nullable String file;

  /**
   * The command in these surroundings.
   *
   * @param environment where {@code QSCAN_CONFIG} may stand
   * @param home the directory with bin and lib; null where there is none, as in some tests
   */
  Qscan(Map<String, String> environment, @Nullable Path home) {
    this.environment = environment;
    this.home = home;
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
    Qscan qscan = new Qscan(System.getenv(), home == null ? null : Path.of(home));
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
        .setExpandAtFiles(false) // a file may be called @x
        .setExecutionExceptionHandler(Qscan::failed);
  }

  /** What was to be expected in one sentence; what was not, with its trace. */
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

  /** Without a command. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }

  /** The file that the configuration is read from; null for the built-in defaults. */
  @Nullable Path configurationFile() {
    return Configuration.locate(file, environment.get(Configuration.ENVIRONMENT));
  }

  /** The configuration that all commands but {@code check} cannot do without. */
  Configuration configuration() throws ConfigurationException {
    return Configuration.find(file, environment.get(Configuration.ENVIRONMENT));
  }

  /** The directory with bin and lib, if it is known. */
  @Nullable Path home() {
    return home;
  }
}
