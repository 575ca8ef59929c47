package org.qscan.qmail;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One call of a queue program by way of caller.pl; what can be told it is explained there. */
final class Call {

  private static final long PATIENCE_SECONDS = 180;

  private final Site site;
  private final Path directory;
  private final Map<String, String> options = new LinkedHashMap<>();
  private final Map<String, String> environment = new HashMap<>();
  private List<String> program;
  private Path workingDirectory;
  private boolean besideNoSite;

  Call(Site site, Path directory) {
    this.site = site;
    this.directory = directory;
    this.workingDirectory = directory;
    this.program = List.of(site.program().toString(), "-c", site.configuration().toString());
    options.put("stderr", stderr().toString());
    environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
    environment.put(Site.MARK, site.mark());
    if (site.isResident()) {
      environment.put("TCPREMOTEIP", directory.getFileName().toString()); // whose line is whose
    }
  }

  Call message(byte[] octets) throws IOException {
    return message(Files.write(directory.resolve("message"), octets));
  }

  Call message(Path file) {
    return option("message", file);
  }

  Call envelope(byte[] octets) throws IOException {
    return option("envelope", Files.write(directory.resolve("envelope"), octets));
  }

  /** Sets an option of caller.pl. */
  Call option(String name, Object value) {
    options.put(name, value.toString());
    return this;
  }

  Call environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  Call program(Object... words) {
    List<String> all = new ArrayList<>();
    for (Object word : words) {
      all.add(word.toString());
    }
    program = all;
    return this;
  }

  /**
   * What the program finds at /etc/qscan and /run/qscan is empty: a test reaches nothing of a site
   * that is installed on this machine. Needs root where there is one.
   */
  Call besideNoSite() {
    besideNoSite = true;
    return this;
  }

  Call in(Path workingDirectory) {
    this.workingDirectory = workingDirectory;
    return this;
  }

  /** Empty directories over those of a site, in a mount namespace that ends with the process. */
  private static List<String> coverSite() {
    List<String> covered = new ArrayList<>();
    for (String directory : List.of("/etc/qscan", "/run/qscan")) {
      if (Files.exists(Path.of(directory))) {
        covered.add(directory);
      }
    }
    if (covered.isEmpty()) {
      return List.of();
    }
    StringBuilder mounts = new StringBuilder();
    covered.forEach(one -> mounts.append("mount -t tmpfs none ").append(one).append(" && "));
    return List.of("unshare", "-m", "sh", "-c", mounts + "exec \"$@\"", "sh");
  }

  private Path stderr() {
    return directory.resolve("stderr");
  }

  /** Calls and waits for the answer. */
  Result run() throws IOException {
    return start().await();
  }

  /** Calls; the process is there when this returns. */
  Running start() throws IOException {
    List<String> words = new ArrayList<>(besideNoSite ? coverSite() : List.of());
    words.addAll(List.of("perl", Site.resource("caller.pl").toString()));
    options.forEach((name, value) -> words.add(name + "=" + value));
    words.add("--");
    words.addAll(program);
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.directory(workingDirectory.toFile());
    builder.redirectError(directory.resolve("caller.stderr").toFile());
    Process caller = builder.start();
    BufferedReader says =
        new BufferedReader(new InputStreamReader(caller.getInputStream(), ISO_8859_1));
    String first = String.valueOf(says.readLine());
    assertThat(first).as(Files.readString(directory.resolve("caller.stderr"))).startsWith("pid ");
    String client = site.isResident() ? environment.getOrDefault("TCPREMOTEIP", "-") : "";
    return new Running(
        caller,
        says,
        Long.parseLong(first.substring(4)),
        stderr(),
        client.isEmpty() ? null : site.daemonLog(),
        " client=" + client + " ");
  }

  /**
   * A call under way.
   *
   * @param pid of the queue program itself
   * @param daemonLog where the resident front end has its lines
   * @param client by what a line of this call is known there
   */
  record Running(
      Process caller,
      BufferedReader says,
      long pid,
      Path stderr,
      @Nullable Path daemonLog,
      String client) {

    ProcessHandle front() {
      return ProcessHandle.of(pid).orElseGet(caller::toHandle);
    }

    boolean isAlive() {
      return caller.isAlive();
    }

    /** Sends a signal to the queue program, as kill(1) does. */
    void signal(String name) throws IOException {
      signal(name, Long.toString(pid));
    }

    /** Sends a signal to the queue program's process group. */
    void signalGroup(String name) throws IOException {
      signal(name, "-" + pid);
    }

    static void signal(String name, String whom) throws IOException {
      new ProcessBuilder("/bin/sh", "-c", "kill -s " + name + " -- \"$0\" 2>/dev/null", whom)
          .start()
          .onExit()
          .join();
    }

    Result await() throws IOException {
      Map<String, String> said = new HashMap<>();
      try {
        assertThat(caller.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
            .as("an answer; log: %s; processes: %s", log(), tree())
            .isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      } finally {
        if (caller.isAlive()) {
          caller.destroyForcibly(); // which also closes what it has said
        }
      }
      for (String line = says.readLine(); line != null; line = says.readLine()) {
        int blank = line.indexOf(' ');
        said.put(line.substring(0, blank), line.substring(blank + 1));
      }
      return new Result(
          number(said, "exit"),
          number(said, "signal"),
          number(said, "message"),
          number(said, "envelope"),
          said.getOrDefault("six", ""),
          number(said, "micros") / 1000,
          wholeLog(number(said, "signal") >= 0));
    }

    /** The daemon writes its line after the answer; for a client that was killed, maybe none. */
    private List<String> wholeLog(boolean killed) throws IOException {
      if (daemonLog == null) {
        return log();
      }
      List<String> log = log();
      for (int i = 0; i < (killed ? 50 : 1000) && log.isEmpty(); i++) {
        Eventually.within(10, () -> false);
        log = log();
      }
      return log;
    }

    private String tree() {
      return Processes.describe(caller.descendants().toList());
    }

    private static int number(Map<String, String> said, String word) {
      return Integer.parseInt(said.getOrDefault(word, "-1"));
    }

    /** Lines on standard error so far. */
    List<String> log() throws IOException {
      List<String> lines = new ArrayList<>(Daemon.lines(stderr));
      if (daemonLog != null) {
        Daemon.lines(daemonLog).stream().filter(line -> line.contains(client)).forEach(lines::add);
      }
      return lines;
    }
  }

  /**
   * What came of a call.
   *
   * @param exit the exit code, or -1
   * @param signal the signal it died of, or -1
   * @param message octets of the message that were taken
   * @param envelope octets of the envelope that were taken
   * @param six what was said on descriptor 6
   * @param millis how long it took
   * @param log lines on standard error
   */
  record Result(
      int exit, int signal, int message, int envelope, String six, int millis, List<String> log) {

    /** The log line for this message; there must be exactly one line. */
    String logLine() {
      assertThat(log).as("lines on standard error").hasSize(1);
      return log.get(0);
    }
  }
}
