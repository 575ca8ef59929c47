package org.qscan.qmail.daemon;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.qscan.engine.process.Child;
import org.qscan.engine.process.Command;

/**
 * Tells the supervisor that clients can connect. Neither way needs a library:
 *
 * <ul>
 *   <li>s6: a newline on a descriptor, then its end. Java can only write to the descriptors it has
 *       names for, so {@code bin/qscand} makes it our descriptor 1.
 *   <li>systemd: a datagram to the socket NOTIFY_SOCKET, which Java cannot send; systemd-notify(1)
 *       can. It needs {@code NotifyAccess=all}.
 * </ul>
 */
final class Readiness {

  private static final Path SYSTEMD_NOTIFY = Path.of("/usr/bin/systemd-notify");
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private Readiness() {}

  static void tell(Map<String, String> environment) {
    try (FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
      out.write('\n');
    } catch (IOException e) {
      // There is no supervisor that wants to know, or it has ended.
    }
    if (environment.containsKey("NOTIFY_SOCKET") && Files.isExecutable(SYSTEMD_NOTIFY)) {
      Command command =
          new Command(
              List.of(SYSTEMD_NOTIFY.toString(), "--ready"),
              Command.INHERITED,
              "",
              PATIENCE,
              Duration.ZERO,
              0,
              Command.OUTPUT_LIMIT);
      Child.start(command, Command.NO_INPUT).await(PATIENCE);
    }
  }
}
