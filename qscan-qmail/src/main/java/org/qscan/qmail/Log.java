package org.qscan.qmail;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.qscan.engine.process.Child;
import org.qscan.engine.process.Command;

/**
 * The log: standard error, which goes to the log of tcpserver, and syslog. A message must not fail
 * because of the log: for a bounce, descriptor 2 is the reading end of a pipe, and {@code /dev/log}
 * may be missing or stuck.
 *
 * <p>Lines reach syslog by logger(1), because /dev/log is a datagram socket, which Java does not
 * support.
 */
final class Log {

  private static final Path DEV_LOG = Path.of("/dev/log");
  private static final Path LOGGER = Path.of("/usr/bin/logger");
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final OutputStream stderr;
  private final boolean syslog;
  private final Path socket;

  Log(boolean syslog) {
    this(new FileOutputStream(FileDescriptor.err), syslog, DEV_LOG);
  }

  Log(OutputStream stderr, boolean syslog, Path socket) {
    this.stderr = stderr;
    this.syslog = syslog;
    this.socket = socket;
  }

  /**
   * Writes a line that has no line end and no control character in it.
   *
   * @param priority of syslog: info, warning or err
   */
  void write(String priority, String line) {
    try {
      stderr.write(("qscan: " + line + "\n").getBytes(StandardCharsets.ISO_8859_1));
      stderr.flush();
    } catch (IOException e) {
      // There is nobody to tell.
    }
    if (syslog && Files.exists(socket) && Files.isExecutable(LOGGER)) {
      send(priority, line);
    }
  }

  private void send(String priority, String line) {
    List<String> argv =
        List.of(
            LOGGER.toString(),
            "-u",
            socket.toString(),
            "-t",
            "qscan",
            "-p",
            "mail." + priority,
            "--",
            line);
    Command command =
        new Command(argv, Command.OWN, "", PATIENCE, Duration.ZERO, 0, Command.OUTPUT_LIMIT);
    Child logger = Child.start(command, Command.NO_INPUT);
    if (logger.await(PATIENCE).how() != org.qscan.engine.process.Ending.How.EXITED) {
      logger.kill();
    }
  }
}
