package org.qscan.qmail;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Standard error always, syslog by way of logger(1), and neither may hold up or fail a message. */
class LogTest {

  private static final Duration STUCK = Duration.ofSeconds(60);

  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

  @Test
  void aLineGoesToStandardError(@TempDir Path directory) {
    new Log(stderr, false, directory.resolve("log")).write("info", "id=1 verdict=clean");

    assertThat(stderr.toString(ISO_8859_1)).isEqualTo("qscan: id=1 verdict=clean\n");
  }

  @Test
  void syslogGetsItWithFacilityAndIdent(@TempDir Path directory) throws Exception {
    try (Syslog syslog = Syslog.listening(directory)) {
      log(syslog).write("info", "id=1");
      log(syslog).write("notice", "id=2");
      log(syslog).write("warning", "id=3");
      log(syslog).write("err", "id=4");

      // facility mail is 2, times 8, and the severities of syslog(3)
      assertThat(syslog.next()).startsWith("<22>").endsWith("qscan: id=1");
      assertThat(syslog.next()).startsWith("<21>").endsWith("qscan: id=2");
      assertThat(syslog.next()).startsWith("<20>").endsWith("qscan: id=3");
      assertThat(syslog.next()).startsWith("<19>").endsWith("qscan: id=4");
    }
    assertThat(stderr.toString(ISO_8859_1))
        .isEqualTo("qscan: id=1\nqscan: id=2\nqscan: id=3\nqscan: id=4\n");
  }

  @Test
  void aLineThatLooksLikeAnOptionOrAFormatIsALine(@TempDir Path directory) throws Exception {
    try (Syslog syslog = Syslog.listening(directory)) {
      log(syslog).write("info", "--help %s %n $(id) `id` 'x' \"y\"");
      log(syslog).write("info", "-p kern.emerg");

      assertThat(syslog.next()).endsWith("qscan: --help %s %n $(id) `id` 'x' \"y\"");
      assertThat(syslog.next()).startsWith("<22>").endsWith("qscan: -p kern.emerg");
    }
  }

  @Test
  void aLongLineIsOneMessageThatKeepsItsBeginning(@TempDir Path directory) throws Exception {
    try (Syslog syslog = Syslog.listening(directory)) {
      log(syslog).write("info", "id=1 verdict=infected from=" + "verdict=clean ".repeat(500));
      log(syslog).write("info", "id=2");

      assertThat(syslog.next()).contains("qscan: id=1 verdict=infected from=verdict=clean");
      assertThat(syslog.next()).endsWith("qscan: id=2");
    }
  }

  @Test
  void noSyslogIsNoTrouble(@TempDir Path directory) {
    long start = System.nanoTime();
    new Log(stderr, true, directory.resolve("log")).write("info", "id=1");

    assertThat(stderr.toString(ISO_8859_1)).isEqualTo("qscan: id=1\n");
    assertThat(System.nanoTime() - start).isLessThan(STUCK.toNanos());
  }

  @Test
  void aSyslogThatHasGoneIsNoTrouble(@TempDir Path directory) throws Exception {
    Syslog syslog = Syslog.listening(directory);
    syslog.close();
    assertThat(syslog.socket()).exists();

    log(syslog).write("info", "id=1");

    assertThat(stderr.toString(ISO_8859_1)).isEqualTo("qscan: id=1\n");
  }

  @Test
  void aSyslogThatIsStuckCostsSecondsAndLeavesNoProcess(@TempDir Path directory) throws Exception {
    try (Syslog syslog = Syslog.stuck(directory)) {
      long start = System.nanoTime();
      log(syslog).write("info", "id=1");

      assertThat(System.nanoTime() - start).isLessThan(STUCK.toNanos());
      assertThat(stderr.toString(ISO_8859_1)).isEqualTo("qscan: id=1\n");
      Eventually.holds(
          "no logger is left",
          () ->
              ProcessHandle.current()
                  .descendants()
                  .noneMatch(one -> one.info().command().orElse("").endsWith("/logger")));
    }
  }

  @Test
  void whereStandardErrorIsClosedSyslogStillGetsTheLine(@TempDir Path directory) throws Exception {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int octet) throws IOException {
            throw new IOException("Bad file descriptor");
          }
        };
    try (Syslog syslog = Syslog.listening(directory)) {
      new Log(closed, true, syslog.socket()).write("info", "id=1");
      assertThat(syslog.next()).endsWith("qscan: id=1");
    }
  }

  private Log log(Syslog syslog) {
    return new Log(stderr, true, syslog.socket());
  }

  /** Stands where syslogd stands: a datagram socket, which Java has none of. */
  private record Syslog(Process process, BufferedReader output, Path socket)
      implements AutoCloseable {

    private static final String BIND =
        "use strict; use Socket; use Fcntl; $| = 1; alarm 60;"
            + "socket my $s, AF_UNIX, SOCK_DGRAM, 0; bind $s, sockaddr_un($ARGV[0]) or die $!;";
    private static final String PRINT =
        "print \"ready\\n\"; while (defined recv $s, my $m, 65536, 0) { $m =~ s/\\n/<LF>/g; print \"$m\\n\" }";
    private static final String FILL =
        "socket my $c, AF_UNIX, SOCK_DGRAM, 0; connect $c, sockaddr_un($ARGV[0]) or die $!;"
            + "fcntl $c, F_SETFL, O_NONBLOCK; 1 while send $c, 'x', 0; print \"ready\\n\"; sleep 100;";

    static Syslog listening(Path directory) throws IOException {
      return start(BIND + PRINT, directory);
    }

    static Syslog stuck(Path directory) throws IOException {
      return start(BIND + FILL, directory);
    }

    private static Syslog start(String program, Path directory) throws IOException {
      Path socket = directory.resolve("log");
      Process process =
          new ProcessBuilder("perl", "-e", program, socket.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      BufferedReader output =
          new BufferedReader(new InputStreamReader(process.getInputStream(), ISO_8859_1));
      assertThat(output.readLine()).isEqualTo("ready");
      return new Syslog(process, output, socket);
    }

    String next() throws IOException {
      return String.valueOf(output.readLine());
    }

    @Override
    public void close() {
      process.destroyForcibly();
      process.onExit().join();
    }
  }
}
