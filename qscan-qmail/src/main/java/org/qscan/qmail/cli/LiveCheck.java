package org.qscan.qmail.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;
import org.qscan.engine.process.Child;
import org.qscan.engine.process.Command;
import org.qscan.engine.process.Ending;
import org.qscan.qmail.QueueExit;

/**
 * Sends an EICAR mail through a qscan-client, as each of the users whose mail will come through it.
 * The mail must reach qscand and be refused.
 */
final class LiveCheck {

  private static final String WHAT = "EICAR mail";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Stands for all users that are neither qmail's nor root. */
  private static final String NOBODY = "nobody";

  /**
   * A constant script: $1 is the user, the rest is the program. It asks for the group first, as
   * root.
   */
  private static final String AS =
      "user=$1; shift; group=$(id -g \"$user\") || exit 111; exec setpriv --reuid \"$user\" --regid"
          + " \"$group\" --init-groups \"$@\"";

  private final Path client;
  private final Configuration configuration;
  private final @Nullable Path file;
  private final Findings findings;

  private LiveCheck(
      Path client, Configuration configuration, @Nullable Path file, Findings findings) {
    this.client = client;
    this.configuration = configuration;
    this.file = file;
    this.findings = findings;
  }

  /**
   * Makes the check.
   *
   * @param client the qscan-client to try
   * @param file the configuration file, if it is not the one that qscan-client reads by default
   */
  static void run(
      Path client, Configuration configuration, @Nullable Path file, Findings findings) {
    LiveCheck check = new LiveCheck(client, configuration, file, findings);
    Set<String> users = new LinkedHashSet<>(configuration.list(Key.POLICY_TRUSTED_USERS));
    users.add(configuration.text(Key.BOUNCE_USER));
    users.add(NOBODY);
    users.forEach(check::as);
  }

  private void as(String user) {
    if (!run("id", "-u", user).exited(0)) {
      findings.note(WHAT, "not tried as " + user + ": there is no such user");
      return;
    }
    List<String> argv = new ArrayList<>(List.of("/bin/sh", "-c", AS, "sh", user));
    argv.add(client.toString());
    if (file != null && !file.equals(Configuration.DEFAULT_FILE)) {
      argv.addAll(List.of("-c", file.toAbsolutePath().toString()));
    }
    Ending ending;
    try {
      ending = QueueRun.of(argv, TestMail.eicar(), patience());
    } catch (IOException e) {
      findings.fail(WHAT, "cannot write a temporary file: " + ScanFailure.inWords(e));
      return;
    }
    int wanted = configuration.integer(Key.EXIT_INFECTED);
    if (ending.exited(wanted)) {
      findings.ok(WHAT, "as " + user + ": refused with exit code " + wanted);
    } else {
      findings.fail(WHAT, "as " + user + ": " + trouble(ending, wanted));
    }
  }

  private String trouble(Ending ending, int wanted) {
    if (ending.exited(QueueExit.QUEUED.code())) {
      return "an EICAR mail was let through: run 'qscan check' to see whether the scanner finds it";
    }
    String said = new String(ending.output(), StandardCharsets.UTF_8).strip();
    return client
        + " "
        + ending.inWords()
        + " on an EICAR mail, not "
        + wanted
        + (said.isEmpty() ? ": see qscand's log" : ": " + said);
  }

  private Duration patience() {
    return PATIENCE
        .plus(configuration.duration(Key.DAEMON_RESTART_PATIENCE))
        .plus(configuration.duration(Key.DAEMON_TIMEOUT));
  }

  private static Ending run(String... argv) {
    Command command =
        new Command(
            List.of(argv), Command.OWN, "", PATIENCE, Duration.ZERO, 0, Command.OUTPUT_LIMIT);
    return Child.start(command, Command.NO_INPUT).await(PATIENCE);
  }
}
