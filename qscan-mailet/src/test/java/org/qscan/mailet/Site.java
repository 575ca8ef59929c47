package org.qscan.mailet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.qscan.engine.testing.Until;

/**
 * A host of its own for one test: qscan.properties, a work directory, a stand-in for sweep that can
 * be changed while the server runs and whose runs are counted, and the front end for qmail.
 */
final class Site implements AutoCloseable {

  private static final String MARK = "QSCAN_TEST_SITE";
  private static final Path PROC = Path.of("/proc");

  private final Path directory;
  private final String mark = UUID.randomUUID().toString();
  private final Map<String, String> settings = new LinkedHashMap<>();
  private int calls;

  private Site(Path directory) {
    this.directory = directory;
  }

  static Site create() throws IOException {
    Path directory = Files.createTempDirectory("qscan-james").toRealPath();
    mode(directory, "rwxr-xr-x");
    Site site = new Site(directory);
    mode(Files.createDirectory(site.work()), "rwx------");
    site.settings.put("work.directory", site.work().toString());
    site.settings.put("queue.program", site.directory.resolve("qmail-queue-old").toString());
    site.settings.put("sweep.program", site.sweepProgram().toString());
    site.settings.put("sweep.environment", MARK + "=" + site.mark);
    site.settings.put("log.syslog", "false");
    site.script("qmail-queue-old", "exec " + sample("qmail-queue-stand-in"));
    site.scannerWorks();
    return site;
  }

  /** A file that the samples have. */
  static Path sample(String name) {
    return Path.of(System.getProperty("qscan.samples", "../samples"), name).toAbsolutePath();
  }

  Path directory() {
    return directory;
  }

  Path work() {
    return directory.resolve("work");
  }

  Path configuration() {
    return directory.resolve("qscan.properties");
  }

  String mark() {
    return mark;
  }

  static String markName() {
    return MARK;
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
  }

  private Path sweepProgram() {
    return directory.resolve("sweep");
  }

  private Path journal() {
    return directory.resolve("journal");
  }

  /** The scanner finds EICAR, also in zip archives, and nothing else. */
  Site scannerWorks() throws IOException {
    return scannerDoes(worksLater(0));
  }

  /** A script for {@link #scannerDoes}: works, and takes at least this long. */
  static String worksLater(double seconds) {
    String wait = seconds > 0 ? "sleep " + seconds + "\n" : "";
    return wait + sample("fake-sophos/sweep") + " \"$@\"";
  }

  /** Puts a shell script in the place of sweep; it is counted when it is run to scan something. */
  Site scannerDoes(String script) throws IOException {
    script(
        "sweep",
        """
        for last; do :; done
        case $last in */canary*) exec %2$s "$@" ;; %1$s/*) ;; *) exec %2$s "$@" ;; esac
        echo "+ $$ $last" >>%3$s
        (
        %4$s
        )
        code=$?
        echo "- $$" >>%3$s
        exit $code
        """
            .formatted(work(), sample("fake-sophos/sweep"), journal(), script));
    writeConfiguration();
    return this;
  }

  Site scannerIsMissing() throws IOException {
    Files.deleteIfExists(sweepProgram());
    return this;
  }

  /** Counts from here on. */
  Site forgetScans() throws IOException {
    Files.deleteIfExists(journal());
    return this;
  }

  /** How often the scanner was run to scan something. */
  int scans() throws IOException {
    return (int) journalLines().stream().filter(line -> line.startsWith("+")).count();
  }

  /** The most scanners that ran at the same time, by what those that came to their end noted. */
  int mostScansAtOnce() throws IOException {
    int now = 0;
    int most = 0;
    for (String line : journalLines()) {
      now += line.startsWith("+") ? 1 : -1;
      most = Math.max(most, now);
    }
    return most;
  }

  private List<String> journalLines() throws IOException {
    return Files.exists(journal()) ? Files.readAllLines(journal(), ISO_8859_1) : List.of();
  }

  /** Makes an executable script, in one step: what it replaces may be in use. */
  private Path script(String name, String script) throws IOException {
    Path file = directory.resolve(name);
    Path fresh = directory.resolve(name + ".new");
    Files.writeString(fresh, "#!/bin/sh\n" + script + "\n");
    mode(fresh, "rwxr-xr-x");
    return Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void mode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  /**
   * A call of bin/qscan-queue, the front end for qmail.
   *
   * @param process that runs it
   * @param stderr what it logs
   */
  record QueueCall(Process process, Path stderr) {

    int exit() throws InterruptedException {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("qscan-queue has ended").isTrue();
      return process.exitValue();
    }

    String log() throws IOException {
      return Files.readString(stderr, ISO_8859_1);
    }
  }

  /** Gives a message to bin/qscan-queue as qmail-smtpd does: with LF, and descriptor 1 to read. */
  synchronized QueueCall qscanQueue(byte[] letter) throws IOException {
    Path own = Files.createDirectory(directory.resolve("call" + ++calls));
    String lf = new String(letter, ISO_8859_1).replace("\r\n", "\n");
    Path message = Files.writeString(own.resolve("message"), lf, ISO_8859_1);
    Path envelope = own.resolve("envelope");
    Files.writeString(envelope, "F" + Smtp.SENDER + "\0Tbob@example.org\0\0", ISO_8859_1);
    Path stderr = own.resolve("stderr");
    String home =
        Path.of(System.getProperty("qscan.home", "../qscan-qmail/target/qscan"))
            .toAbsolutePath()
            .normalize()
            .toString();
    ProcessBuilder builder =
        new ProcessBuilder(
            "/bin/sh",
            "-c",
            "exec \"$1\"/bin/qscan-queue -c \"$2\" <\"$3\" 1<\"$4\" 2>\"$5\"",
            "sh",
            home,
            configuration().toString(),
            message.toString(),
            envelope.toString(),
            stderr.toString());
    builder.environment().put(MARK, mark);
    return new QueueCall(builder.start(), stderr);
  }

  /** Every process of this host but the servers themselves. */
  List<ProcessHandle> scanProcesses() {
    return processes().stream()
        .filter(one -> !arguments(one).contains("working.directory"))
        .toList();
  }

  private List<ProcessHandle> processes() {
    List<ProcessHandle> found = new ArrayList<>();
    for (Path entry : list(PROC)) {
      String name = entry.getFileName().toString();
      if (Character.isDigit(name.charAt(0))) {
        long pid = Long.parseLong(name);
        String all = proc(pid, "cmdline") + "\0" + proc(pid, "environ");
        if (pid != ProcessHandle.current().pid()
            && (all.contains(mark) || all.contains(directory.toString()))) {
          ProcessHandle.of(pid).filter(ProcessHandle::isAlive).ifPresent(found::add);
        }
      }
    }
    return found;
  }

  /** The command line, its words separated by blanks. */
  static String arguments(ProcessHandle process) {
    return proc(process.pid(), "cmdline").replace('\0', ' ');
  }

  /** A file of a process in /proc; empty if it is gone. */
  static String proc(long pid, String file) {
    try (InputStream in = Files.newInputStream(PROC.resolve(pid + "/" + file))) {
      return new String(in.readNBytes(1 << 20), ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  /** What lies in the work directory and should not when no message is under way. */
  List<String> residue() {
    List<String> residue = new ArrayList<>();
    collect(work(), residue);
    return residue;
  }

  private void collect(Path from, List<String> residue) {
    for (Path entry : list(from)) {
      String name = work().relativize(entry).toString();
      if (!List.of(".live", ".gate", ".canary", ".canary/sweep", ".gate/draw.lock")
          .contains(name)) {
        residue.add(name);
      }
      if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
        collect(entry, residue);
      }
    }
  }

  /** No file is left in the work directory, and no process but the server. */
  void assertNothingIsLeft() throws Exception {
    boolean clean =
        Until.holds(Duration.ofSeconds(30), () -> residue().isEmpty() && scanProcesses().isEmpty());
    assertThat(clean)
        .as(
            "left: %s; processes: %s",
            residue(), scanProcesses().stream().map(Site::arguments).toList())
        .isTrue();
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

  @Override
  public void close() throws IOException {
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
