package org.qscan.qmail.cli;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.ConfigurationException;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The installation with which a command works: where it is, and how it is configured. All commands
 * have it, so none depends on {@link Qscan}, which depends on all of them.
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
   * An installation.
   *
   * @param environment the environment, which may contain {@code QSCAN_CONFIG}
   * @param home the directory that contains bin and lib; null if there is none, as in some tests
   */
  Installation(Map<String, String> environment, @Nullable Path home) {
    this.environment = environment;
    this.home = home;
  }

  /** The file from which the configuration is read; null for the built-in defaults. */
  @Nullable Path configurationFile() {
    return Configuration.locate(file, environment.get(Configuration.ENVIRONMENT));
  }

  /**
   * The configuration.
   *
   * @throws ConfigurationException if there is an error in it; names the file, the line and the key
   */
  Configuration configuration() throws ConfigurationException {
    return Configuration.find(file, environment.get(Configuration.ENVIRONMENT));
  }

  /** The directory that contains bin and lib, if it is known. */
  @Nullable Path home() {
    return home;
  }
}
