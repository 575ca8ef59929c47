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
 * The file beside the socket with the numbers that qscan-client uses, as qscand has them in force.
 * Thanks to it, an error in qscan.properties stops no mail while qscand goes on with what it has
 * read before. It has numbers only: which program qscan-client executes, only a file of root's may
 * say.
 *
 * <p>Not in the daemon's hello: the client needs two of them where there is no daemon, and a client
 * of an earlier release would take a longer hello for another version of the protocol.
 */
public final class Published {

  /** What is published; of each key a line KEY=VALUE. */
  public static final List<Key> KEYS =
      List.of(
          Key.QUEUE_TIMEOUT,
          Key.DAEMON_PATIENCE,
          Key.DAEMON_RESTART_PATIENCE,
          Key.DAEMON_TIMEOUT,
          Key.EXIT_FAILED);

  /**
   * The number of {@code bounce.user}, where there is such a user: his bounces wait less for a
   * qscand that does not answer, because qmail-send delivers nothing while it injects one.
   */
  private static final String BOUNCE_UID = "bounce.uid";

  private static final String SUFFIX = ".settings";

  private Published() {}

  /** Where they are; {@code config.h} has the same name. */
  public static Path file(Configuration configuration) {
    return Path.of(configuration.path(Key.DAEMON_SOCKET) + SUFFIX);
  }

  /**
   * Puts them in the place of those before, in one step. They stay when qscand ends: for the time
   * until the next one has come up.
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
   * Whether clients find what was written here. They do not if it was removed, or replaced by
   * something that is not ours, which qscan-client ignores.
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
