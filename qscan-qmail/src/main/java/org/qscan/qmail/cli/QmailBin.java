package org.qscan.qmail.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;
import org.qscan.qmail.diversion.Diversion;
import org.qscan.qmail.diversion.DiversionFailure;
import picocli.CommandLine.Option;

/** Where qmail's programs are, for {@code enable}, {@code disable} and {@code enabled}. */
final class QmailBin {

  private static final String QMAIL_QUEUE = "qmail-queue";

  @Option(
      names = "--qmail",
      paramLabel = "DIR",
      description = "qmail's directory. Without it: the one that queue.program is in.")
  private @Nullable Path qmail;

  /** The path that qmail's programs run. */
  Path queue(Configuration configuration) {
    Path directory = qmail;
    return directory == null
        ? usualQueue(configuration)
        : directory.toAbsolutePath().resolve("bin").resolve(QMAIL_QUEUE);
  }

  /** The path that qmail's programs run, as far as the configuration tells. */
  static Path usualQueue(Configuration configuration) {
    return configuration.path(Key.QUEUE_PROGRAM).resolveSibling(QMAIL_QUEUE);
  }

  /**
   * The diversion of this installation.
   *
   * @param home the directory that contains bin/qscan-client
   * @throws DiversionFailure if queue.program is not the path that the real qmail-queue will have
   */
  Diversion diversion(Configuration configuration, Path home) throws DiversionFailure {
    Path bin = queue(configuration).resolveSibling(".").normalize();
    Diversion diversion =
        new Diversion(bin, home.resolve("bin/qscan-client"), configuration.path(Key.ENABLED_FILE));
    Path configured = configuration.path(Key.QUEUE_PROGRAM);
    if (!configured.equals(diversion.real())) {
      throw new DiversionFailure(
          "queue.program is "
              + configured
              + " (from "
              + configuration.source(Key.QUEUE_PROGRAM)
              + "), but the real qmail-queue will be "
              + diversion.real()
              + ": set queue.program to that");
    }
    return diversion;
  }
}
