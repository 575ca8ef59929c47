package org.qscan.qmail.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;
import org.qscan.qmail.Bounces;

/**
 * The file beside the socket with the numbers that qscan-client uses, as qscand uses them now.
 * Because of it, an error in qscan.properties stops no mail while qscand still uses what it has
 * read before. The file has only numbers: only a file of root may name the program that
 * qscan-client executes.
 *
 * <p>The numbers are not in the daemon's greeting, because the client needs two of them when there
 * is no daemon, and because a client of an earlier release would take a longer greeting for another
 * version of the protocol.
 */
public final class Published {

  /** The keys that are published, each in a line KEY=VALUE. */
  public static final List<Key> KEYS =
      List.of(
          Key.QUEUE_TIMEOUT,
          Key.DAEMON_PATIENCE,
          Key.DAEMON_RESTART_PATIENCE,
          Key.DAEMON_TIMEOUT,
          Key.EXIT_FAILED);

  /**
   * The uid of {@code bounce.user}, if there is such a user: bounces do not wait as long for a
   * qscand that does not answer, because qmail-send delivers nothing while it injects one.
   */
  private static final String BOUNCE_UID = "bounce.uid";

  private static final String SUFFIX = ".settings";

  private Published() {}

  /** The path of the file; {@code config.h} has the same name. */
  public static Path file(Configuration configuration) {
    return Path.of(configuration.path(Key.DAEMON_SOCKET) + SUFFIX);
  }

  /**
   * Replaces the numbers of before, in one step. They stay when qscand ends, for the time until the
   * next one has started.
   */
  static void write(Configuration configuration) throws IOException {
    StringBuilder text = new StringBuilder("# Written by qscand, for qscan-client.\n");
    for (Key key : KEYS) {
      text.append(key.text()).append('=').append(configuration.text(key)).append('\n');
    }
    String bounceUid = new Bounces(configuration.text(Key.BOUNCE_USER)).uid();
    if (!bounceUid.isEmpty()) {
      text.append(BOUNCE_UID).append('=').append(bounceUid).append('\n');
    }
    Path file = file(configuration);
    Path staged = StagingDirectory.pathFor(file);
    Files.writeString(staged, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    Files.setPosixFilePermissions(staged, PosixFilePermissions.fromString("rw-r--r--"));
    Files.move(staged, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Whether clients find the file that was written here. They do not if it was removed, or replaced
   * by a file of another user, which qscan-client ignores.
   */
  static boolean isThere(Configuration configuration) {
    try {
      Map<String, Object> facts =
          Files.readAttributes(
              file(configuration), "unix:uid,isRegularFile", LinkOption.NOFOLLOW_LINKS);
      return Boolean.TRUE.equals(facts.get("isRegularFile"))
          && Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(facts.get("uid"));
    } catch (IOException e) {
      return false;
    }
  }
}
