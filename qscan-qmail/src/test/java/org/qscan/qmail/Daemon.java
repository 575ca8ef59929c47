package org.qscan.qmail;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A qscand of a site, as a supervisor runs it. */
final class Daemon implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 120;

  /** Whoever started the tests may ignore HUP (nohup), and Java leaves that as it is. */
  private static final String DEFAULT_SIGNALS =
      "$SIG{$_} = 'DEFAULT' for qw(HUP INT TERM); exec { $ARGV[0] } @ARGV or die $!";

  /** As a super-server: descriptor 0 listens at the path that comes first. */
  private static final String LISTEN =
      "use Socket; my $path = shift; socket(STDIN, AF_UNIX, SOCK_STREAM, 0) or die $!;"
          + " unlink $path; bind(STDIN, pack_sockaddr_un($path)) or die $!;"
          + " listen(STDIN, 100) or die $!; chmod 0666, $path;";

  private final Process process;
  private final Path log;
  private final boolean ready;

  private Daemon(Process process, Path log, boolean ready) {
    this.process = process;
    this.log = log;
    this.ready = ready;
  }

  /** Starts it and waits until it says that it is ready, or ends. */
  static Daemon start(Site site, Path log) throws IOException {
    return start(site, log, List.of(DEFAULT_SIGNALS));
  }

  /** The same with a socket made for it, as systemd does. */
  static Daemon startWithSocket(Site site, Path log, Path socket) throws IOException {
    return start(site, log, List.of(LISTEN + DEFAULT_SIGNALS, socket.toString()));
  }

  /**
   * The same from another distribution.
   *
   * @param home its directory
   */
  static Daemon startFrom(Path home, Site site, Path log) throws IOException {
    return start(home, site, log, List.of(DEFAULT_SIGNALS));
  }

  /** The same with the socket that qscan-socket holds there. */
  static Daemon startWithHolder(Site site, Path log, Path socket) throws IOException {
    String program = Site.home().resolve("bin/qscan-socket").toString();
    return start(site, log, List.of(DEFAULT_SIGNALS, program, "take", socket.toString()));
  }

  private static Daemon start(Site site, Path log, List<String> perl) throws IOException {
    return start(Site.home(), site, log, perl);
  }

  private static Daemon start(Path home, Site site, Path log, List<String> perl)
      throws IOException {
    List<String> words = new ArrayList<>(List.of("perl", "-e"));
    words.addAll(perl);
    words.add(home.resolve("bin/qscand").toString());
    words.addAll(List.of("-d", "1", "-c", site.configuration().toString()));
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().clear();
    builder.environment().put(Site.MARK, site.mark());
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    Process process = builder.start();
    return new Daemon(process, log, process.getInputStream().read() == '\n');
  }

  boolean isReady() {
    return ready;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void signal(String name) throws IOException {
    Call.Running.signal(name, Long.toString(pid()));
  }

  /** Waits for its end after a signal; its exit code. */
  int await() throws IOException {
    try {
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("it ends").isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return process.exitValue();
  }

  /** The same for as long as daemon.drain-timeout allows. */
  int awaitLong() throws InterruptedException {
    assertThat(process.waitFor(4 * PATIENCE_SECONDS, TimeUnit.SECONDS)).as("it ends").isTrue();
    return process.exitValue();
  }

  /** Lines of its log so far. */
  List<String> lines() throws IOException {
    return lines(log);
  }

  static List<String> lines(Path log) throws IOException {
    return Files.exists(log)
        ? new String(Files.readAllBytes(log), ISO_8859_1).lines().toList()
        : List.of();
  }

  @Override
  public void close() throws IOException {
    if (isAlive()) {
      signal("TERM");
      await();
    }
  }
}
