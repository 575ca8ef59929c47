package org.qscan.qmail.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.config.ConfigurationException;
import org.qscan.engine.config.Key;
import org.qscan.qmail.daemon.DaemonStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code qscan top}: the same as {@code status}, again and again in the same place. {@code
 * bin/qscan} sets the terminal so that keys arrive at once and are not shown.
 */
@Command(
    name = "top",
    header = "Shows the status of the running qscand on the whole screen, until q or Ctrl-C.")
final class TopCommand implements Callable<Integer> {

  private static final long KEY_MILLIS = 100;

  private final Installation installation;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--interval",
      paramLabel = "SECONDS",
      defaultValue = "2",
      description =
          "How often the screen changes, in seconds: 1 to 3600 (default: ${DEFAULT-VALUE}).")
  private int interval;

  TopCommand(Installation installation) {
    this.installation = installation;
  }

  @Override
  public Integer call() throws ConfigurationException, ScanFailure, IOException {
    if (interval < 1 || interval > 3600) {
      throw new ParameterException(
          spec.commandLine(), "--interval " + interval + ": must be a number from 1 to 3600");
    }
    Path socket = installation.configuration().path(Key.DAEMON_SOCKET);
    PrintWriter out = spec.commandLine().getOut();
    TopScreen screen = new TopScreen();
    Map<String, String> first = DaemonStatus.ask(socket);
    if (!Terminal.isAt(1)) {
      out.print(screen.lines(first, System.nanoTime()));
      out.flush();
      return 0;
    }
    out.print(TopScreen.inPlace(screen.lines(first, System.nanoTime())));
    out.flush();
    while (!endsWithin(Duration.ofSeconds(interval))) {
      out.print(TopScreen.inPlace(look(socket, screen)));
      out.flush();
    }
    return 0;
  }

  /** The next screen. If no qscand answers, it says so, because qscand may come back. */
  private static String look(Path socket, TopScreen screen) {
    try {
      return screen.lines(DaemonStatus.ask(socket), System.nanoTime());
    } catch (ScanFailure e) {
      return e.getMessage() + "\n";
    }
  }

  /** Waits, and checks whether q was typed. */
  private static boolean endsWithin(Duration pause) throws IOException {
    long end = System.nanoTime() + pause.toNanos();
    while (System.nanoTime() - end < 0) {
      while (System.in.available() > 0) {
        int key = System.in.read();
        if (key == 'q' || key == 'Q') {
          return true;
        }
      }
      try {
        TimeUnit.MILLISECONDS.sleep(KEY_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return true;
      }
    }
    return false;
  }
}
