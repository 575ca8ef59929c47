package org.qscan.qmail.cli;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.ConfigurationException;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The installation that a command works on: where it is, and how it is configured. All commands
 * have it, and none needs to know {@link Qscan}, which knows all of them.
 */
final class Installation {

  private final Map<String, String> environment;
  private final @Nullable Path home;

  @Option(
      names = "-c",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description =
          "The configuration file. Without it: the file that $QSCAN_CONFIG names, or else"
              + " /etc/qscan/qscan.properties, or else the built-in defaults.")
  private @Nullable String file;

  /**
   * The installation in these surroundings.
   *
   * @param environment where {@code QSCAN_CONFIG} may stand
   * @param home the directory with bin and lib; null where there is none, as in some tests
   */
  Installation(Map<String, String> environment, @Nullable Path home) {
    this.environment = environment;
    this.home = home;
  }

  /** The file that the configuration is read from; null for the built-in defaults. */
  @Nullable Path configurationFile() {
    return Configuration.locate(file, environment.get(Configuration.ENVIRONMENT));
  }

  /**
   * The configuration that all commands but {@code check} cannot do without.
   *
   * @throws ConfigurationException if there is an error in it; names the file, the line and the key
   */
  Configuration configuration() throws ConfigurationException {
    return Configuration.find(file, environment.get(Configuration.ENVIRONMENT));
  }

  /** The directory with bin and lib, if it is known. */
  @Nullable Path home() {
    return home;
  }
}
