package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.EngineConfig;
import org.qscan.engine.ScanEngine;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.ConfigurationException;
import org.qscan.engine.testing.FakeProgram;

/**
 * A mail server of its own for one test: configuration, work directory, a stand-in for the real
 * qmail-queue and one for sweep, and the distribution as it was assembled. {@link #call()} calls
 * one of the two front ends the way qmail-smtpd does; the resident one gets its daemon by itself,
 * and a new one after each change of the configuration.
 */
final class Site implements AutoCloseable {

  /** Tells this site's processes from all others on the machine. */
  static final String MARK = "QSCAN_TEST_SITE";

  private static final List<String> OURS =
      List.of(".live", ".gate", ".gate/draw.lock", ".spool", ".canary", ".canary/sweep");

  private final Path directory;
  private final String mark = UUID.randomUUID().toString();
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final AtomicInteger calls = new AtomicInteger();
  private String queueDoes = "never";
  private Path home = home();

  private final Front front;
  private boolean hasDaemon = true;
  private @Nullable Daemon daemon;
  private @Nullable String configured;

  private Site(Front front, Path directory) {
    this.front = front;
    this.directory = directory;
  }

  static Site create() throws IOException {
    return create(Front.STANDALONE);
  }

  static Site create(Front front) throws IOException {
    Path directory = Files.createTempDirectory("qscan-site").toRealPath();
    mode(directory, "rwxr-xr-x");
    Site site = new Site(front, directory);
    mode(Files.createDirectory(site.work()), "rwx------");
    Files.createDirectory(site.queueDirectory());
    site.settings.put("work.directory", site.work().toString());
    site.settings.put("queue.program", site.directory.resolve("qmail-queue-old").toString());
    site.settings.put("sweep.program", site.directory.resolve("sweep").toString());
    site.settings.put("sweep.environment", MARK + "=" + site.mark);
    site.settings.put("log.syslog", "false");
    site.settings.put("daemon.socket", site.directory.resolve("sock").toString());
    site.settings.put("daemon.patience", "5s");
    site.settings.put("enabled.file", site.directory.resolve("enabled").toString());
    site.queueDoes("never");
    site.sweep("exec perl " + resource("sweep-stand-in.pl") + " \"$@\"");
    return site;
  }

  /** The distribution, as {@code mvn package} assembles it. */
  static Path home() {
    return Path.of(System.getProperty("qscan.home", "target/qscan")).toAbsolutePath();
  }

  /** A file of src/test/resources. */
  static Path resource(String name) {
    return Path.of("src/test/resources", name).toAbsolutePath();
  }

  Path directory() {
    return directory;
  }

  Path work() {
    return directory.resolve("work");
  }

  Path queueDirectory() {
    return directory.resolve("queue");
  }

  Path configuration() {
    return directory.resolve("qscan.properties");
  }

  /** Sets a key of qscan.properties. */
  Site set(String key, Object value) throws IOException {
    settings.put(key, value.toString());
    writeConfiguration();
    return this;
  }

  private void writeConfiguration() throws IOException {
    List<String> lines = new ArrayList<>();
    settings.forEach((key, value) -> lines.add(key + "=" + value));
    Files.write(configuration(), lines);
    mode(configuration(), "rw-r--r--"); // whatever the umask is
  }

  /** Puts a shell script in the place of sweep; it finds the canary, whatever else it does. */
  Site sweep(String script) throws IOException {
    script("sweep", FakeProgram.FINDS_CANARY + script);
    writeConfiguration();
    return this;
  }

  /** Puts a shell script in the place of the real qmail-queue. */
  Site queue(String script) throws IOException {
    script("qmail-queue-old", script);
    return this;
  }

  /** Makes the stand-in for qmail-queue misbehave: see queue-stand-in.pl. */
  Site queueDoes(String what) throws IOException {
    queueDoes = what;
    return queue(
        """
        PATH=/usr/local/bin:/usr/bin:/bin LC_ALL=C
        export PATH LC_ALL
        QUEUE=%s QUEUE_LOG=%s QUEUE_DOES='%s' exec perl %s\
        """
            .formatted(queueDirectory(), queueLog(), queueDoes, resource("queue-stand-in.pl")));
  }

  private Path queueLog() {
    return directory.resolve("queue.log");
  }

  /** Makes an executable script. */
  Path script(String name, String script) throws IOException {
    Path file = directory.resolve(name);
    Files.deleteIfExists(file); // one that runs must not be written to
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    mode(file, "rwxr-xr-x");
    return file;
  }

  private static void mode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  Front front() {
    return front;
  }

  boolean isResident() {
    return front == Front.RESIDENT;
  }

  /** What stands where qmail-queue stands. */
  Path program() {
    return program(front.program());
  }

  /** A program of the distribution, or of its copy that is open to all. */
  Path program(String name) {
    return home.resolve("bin").resolve(name);
  }

  /**
   * Copies the distribution and the stand-ins to where every user can run them: the build may lie
   * below a home directory that is closed to others, as root's is.
   */
  Site openToAll() throws IOException {
    home = directory.resolve("home");
    copy(home(), home);
    for (String name : List.of("queue-stand-in.pl", "sweep-stand-in.pl")) {
      mode(Files.copy(resource(name), directory.resolve(name)), "rw-r--r--");
    }
    sweep("exec perl " + directory.resolve("sweep-stand-in.pl") + " \"$@\"");
    queue(
        "QUEUE=%s exec perl %s"
            .formatted(queueDirectory(), directory.resolve("queue-stand-in.pl")));
    return this;
  }

  /** With modes as an installation has them, whatever the umask of the build was. */
  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to);
    boolean run = Files.isDirectory(from) || Files.isExecutable(from);
    mode(to, run ? "rwxr-xr-x" : "rw-r--r--");
    for (Path entry : Files.isDirectory(from) ? list(from) : List.<Path>of()) {
      copy(entry, to.resolve(entry.getFileName()));
    }
  }

  /** The daemon, started if there is none or the configuration is another one by now. */
  Daemon daemon() throws IOException {
    String wanted = Files.readString(configuration());
    Daemon running = daemon;
    if (running == null || !running.isAlive() || !wanted.equals(configured)) {
      stopDaemon();
      running = Daemon.start(this, daemonLog());
      daemon = running;
      configured = wanted;
    }
    return running;
  }

  /** From now on a call finds no daemon but what the test puts in its place. */
  Site withoutDaemon() throws IOException {
    stopDaemon();
    hasDaemon = false;
    return this;
  }

  /** The daemon that runs stays, whatever becomes of it and of the configuration. */
  void keepDaemon() {
    hasDaemon = false;
  }

  /** Where a daemon listens. */
  Path socket() {
    return directory.resolve("sock");
  }

  /** Of the daemon that runs, or ran last. */
  long daemonPid() {
    Daemon running = daemon;
    return running == null ? -1 : running.pid();
  }

  boolean isDaemonGone() {
    Daemon running = daemon;
    return running == null || !running.isAlive();
  }

  void stopDaemon() throws IOException {
    Daemon running = daemon;
    if (running != null) {
      running.close();
      daemon = null;
    }
  }

  Path daemonLog() {
    return directory.resolve("daemon.log");
  }

  /** A call of the front end with a clean message and a good envelope, to be changed at will. */
  Call call() throws IOException {
    if (isResident() && hasDaemon) {
      daemon();
    }
    Path own = Files.createDirectory(directory.resolve("call" + calls.incrementAndGet()));
    return new Call(this, own).message(Mail.clean("clean")).envelope(Mail.ENVELOPE);
  }

  /** What a process of ours has in its environment, and all that it starts inherit. */
  String mark() {
    return mark;
  }

  /** A message in the queue. */
  record Queued(Path message, Path envelope) {
    byte[] octets() {
      return read(message);
    }

    byte[] envelopeOctets() {
      return read(envelope);
    }

    private static byte[] read(Path file) {
      try {
        return Files.readAllBytes(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** All that is committed; whatever else lies in the queue is not. */
  List<Queued> queued() {
    List<Queued> queued = new ArrayList<>();
    for (Path file : list(queueDirectory())) {
      String name = file.getFileName().toString();
      if (name.endsWith(".env") && !name.startsWith(".")) {
        queued.add(new Queued(file.resolveSibling(name.replace(".env", ".msg")), file));
      }
    }
    return queued;
  }

  /** Lines of the queue program's own log: what it saw, and how it ended. */
  List<String> queueLogLines() throws IOException {
    return Files.exists(queueLog()) ? Files.readAllLines(queueLog()) : List.of();
  }

  /** What should not be there when no message is under way. */
  List<String> residue() {
    List<String> residue = workResidue();
    for (Path file : list(queueDirectory())) {
      if (file.getFileName().toString().startsWith(".")) {
        residue.add(file.toString());
      }
    }
    return residue;
  }

  /** The same a moment later: the daemon lets a client that gives up go before it has tidied up. */
  List<String> residueAtRest() {
    if (isResident() && Eventually.within(60_000, () -> residue().isEmpty())) {
      return List.of(); // even if a late one that it takes has something by now
    }
    return residue();
  }

  private List<String> workResidue() {
    List<String> residue = new ArrayList<>();
    collect(work(), residue);
    return residue;
  }

  private void collect(Path from, List<String> residue) {
    for (Path entry : list(from)) {
      String name = work().relativize(entry).toString();
      if (!OURS.contains(name)) {
        residue.add(name);
      }
      if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
        collect(entry, residue);
      }
    }
  }

  static List<Path> list(Path directory) {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(entries::add);
    } catch (IOException e) {
      // Gone meanwhile.
    }
    return entries;
  }

  /** Every process that works for this site, or that one of them has started; not the daemon. */
  List<ProcessHandle> processes() {
    Daemon running = daemon;
    return Processes.of(mark, directory.toString()).stream()
        .filter(one -> running == null || one.pid() != running.pid())
        .toList();
  }

  /** No file is left in the work directory or half written in the queue, and no process alive. */
  void assertNothingIsLeft() {
    assertThat(residueAtRest()).as("files left").isEmpty();
    Eventually.holds(
        "no process is left: " + Processes.describe(processes()), () -> processes().isEmpty());
  }

  /**
   * Runs the janitor until nothing is left for it. Once may be too early: a virtual machine that is
   * killed holds its lock until the kernel has freed its memory, and all that time it has no
   * command line any more by which a test could know it in /proc.
   */
  void clean() {
    Eventually.holds("the janitor leaves nothing", () -> cleaned() && workResidue().isEmpty());
  }

  private boolean cleaned() {
    try {
      if (isResident()) {
        daemon(); // one that starts cleans up after the one before
        return true;
      }
      ScanEngine.of(EngineConfig.from(Configuration.read(configuration()))).clean();
      return true;
    } catch (ConfigurationException | ScanFailure | IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws IOException {
    stopDaemon();
    for (ProcessHandle process : processes()) {
      process.destroyForcibly();
    }
    remove(directory);
  }

  private static void remove(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      for (Path entry : list(path)) {
        remove(entry);
      }
    }
    Files.deleteIfExists(path);
  }
}
