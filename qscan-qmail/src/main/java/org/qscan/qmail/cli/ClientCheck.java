package org.qscan.qmail.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;
import org.qscan.qmail.SecurePath;
import org.qscan.qmail.daemon.Published;

/**
 * Checks whether qscan-client would believe this configuration and this socket. If it would not, no
 * mail flows in a resident installation, so that is a failure. A standalone installation never runs
 * qscan-client, so there it is only a note.
 */
final class ClientCheck {

  private static final String CONFIGURATION = "configuration";

  private final Configuration configuration;
  private final Findings findings;
  private final boolean resident;

  private ClientCheck(Configuration configuration, Findings findings, boolean resident) {
    this.configuration = configuration;
    this.findings = findings;
    this.resident = resident;
  }

  /**
   * Checks both.
   *
   * @param file the configuration file that was read; null for the built-in defaults
   * @param home the directory that contains bin, if it is known
   */
  static void run(
      Configuration configuration, @Nullable Path file, @Nullable Path home, Findings findings) {
    ClientCheck check = new ClientCheck(configuration, findings, isResident(configuration, home));
    if (file != null) {
      check.checkFile(file);
    }
    check.checkSocket();
  }

  /**
   * Whether this is a resident installation: qscand's socket exists, or qscan-client has the name
   * qmail-queue, beside the real one.
   */
  static boolean isResident(Configuration configuration, @Nullable Path home) {
    Path socket = configuration.path(Key.DAEMON_SOCKET);
    return Files.exists(socket, LinkOption.NOFOLLOW_LINKS)
        || Files.exists(Published.file(configuration), LinkOption.NOFOLLOW_LINKS)
        || (home != null
            && isSame(
                configuration.path(Key.QUEUE_PROGRAM).resolveSibling("qmail-queue"),
                home.resolve("bin/qscan-client")));
  }

  /** Whether one file is a link to the other, or a copy of it. */
  private static boolean isSame(Path one, Path other) {
    try {
      return Files.mismatch(one, other) < 0;
    } catch (IOException e) {
      return false; // one of them does not exist, or we may not read it
    }
  }

  private void object(String what, String sentence) {
    if (resident) {
      findings.fail(what, sentence);
    } else {
      findings.note(what, sentence);
    }
  }

  /** Checks the file by the same rules as distrust() in config.c. */
  private void checkFile(Path file) {
    try {
      Map<String, Object> facts = Files.readAttributes(file, "unix:uid,mode,isRegularFile");
      int owner = (Integer) facts.getOrDefault("uid", -1);
      int mode = (Integer) facts.getOrDefault("mode", 0) & 07777;
      String repair = repair(file, owner, mode);
      if (!Boolean.TRUE.equals(facts.get("isRegularFile"))) {
        object(CONFIGURATION, file + " is not a regular file: qscan-client refuses it");
      } else if (!repair.isEmpty()) {
        object(
            CONFIGURATION,
            file
                + " belongs to user "
                + owner
                + " and has mode 0"
                + Integer.toOctalString(mode)
                + ", but it names the program that qscan-client executes for every user, so it must"
                + " belong to root, and nobody else may be able to write it; until then all mail is"
                + " deferred: run '"
                + repair
                + "'");
      }
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      findings.note(
          CONFIGURATION, "its owner and mode cannot be determined: " + ScanFailure.inWords(e));
    }
  }

  private static String repair(Path file, int owner, int mode) {
    String chown = owner == 0 ? "" : "chown root " + file;
    String chmod = (mode & 022) == 0 ? "" : "chmod go-w " + file;
    return chown.isEmpty() || chmod.isEmpty() ? chown + chmod : chown + " && " + chmod;
  }

  private void checkSocket() {
    Path socket = configuration.path(Key.DAEMON_SOCKET);
    Path directory = socket.getParent();
    if (directory == null) {
      return;
    }
    try {
      int owner = (Integer) Files.getAttribute(directory, "unix:uid");
      String trouble = SecurePath.trouble(Key.DAEMON_SOCKET.text(), socket, owner);
      if (!trouble.isEmpty()) {
        object(Key.DAEMON_SOCKET.text(), trouble);
      } else if (resident) {
        findings.ok(Key.DAEMON_SOCKET.text(), socket + ", in a directory of user " + owner);
      }
    } catch (NoSuchFileException e) {
      if (resident) {
        findings.note(
            Key.DAEMON_SOCKET.text(),
            directory + " does not exist: does qscand's service make it?");
      }
    } catch (IOException e) {
      findings.note(
          Key.DAEMON_SOCKET.text(),
          directory + " cannot be read, so it is not checked: " + ScanFailure.inWords(e));
    }
  }
}
