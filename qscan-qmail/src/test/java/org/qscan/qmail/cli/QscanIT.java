package org.qscan.qmail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.engine.testing.Until;
import org.qscan.qmail.cli.Site.Outcome;

/** bin/qscan as it is installed, in a copy of the distribution. */
@Timeout(600)
class QscanIT {

  private Site site;
  private Path home;

  @BeforeEach
  void install(@TempDir Path directory) throws IOException {
    site = new Site(directory);
    home = directory.resolve("q scan");
    copy(Path.of(System.getProperty("qscan.home")), home);
    removeCache();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path one : all.toList()) {
        Files.copy(
            one,
            to.resolve(from.relativize(one).toString()),
            java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private void removeCache() throws IOException {
    String[] left = home.resolve("lib/cache").toFile().list();
    for (String name : left == null ? new String[0] : left) {
      Files.delete(home.resolve("lib/cache").resolve(name));
    }
  }

  private Outcome run(List<String> argv) throws Exception {
    Path err = site.root.resolve("stderr");
    Process process = new ProcessBuilder(argv).redirectError(err.toFile()).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), out, Files.readString(err));
  }

  private Outcome qscan(String... words) throws Exception {
    return run(command(words));
  }

  private List<String> command(String... words) {
    List<String> argv = new ArrayList<>();
    argv.addAll(List.of(home + "/bin/qscan", "-c", site.configuration().toString()));
    argv.addAll(List.of(words));
    return argv;
  }

  private String launched() throws CacheFailure {
    return Launch.of(home).archive();
  }

  @Test
  void exitCodesComeThroughTheLauncher() throws Exception {
    String clean = site.mail("clean", "hello").toString();
    String infected = site.mail("infected", Site.VIRUS).toString();
    String encrypted = site.mail("encrypted", Site.ENCRYPTED).toString();
    assertThat(qscan("scan", clean)).isEqualTo(new Outcome(0, clean + ": CLEAN\n", ""));
    assertThat(qscan("scan", clean, infected).code()).isEqualTo(1);
    assertThat(qscan("scan", clean, "/missing").code()).isEqualTo(2);
    assertThat(qscan("scan", clean, encrypted).code()).isEqualTo(3);
    assertThat(qscan("--version").out()).startsWith("qscan ");
    assertThat(site.residue()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "LANG=C", "LC_ALL=POSIX", "LC_ALL=xx_YY.UTF-8", "LC_CTYPE=C"})
  void aNameThatIsNotAsciiIsFoundWhateverTheCallersLocaleIs(String locale) throws Exception {
    // By a shell: what names this virtual machine can make depends on the locale of the tests.
    String script =
        """
        cd "$1" && name=$(printf 'gr\\303\\274n') && printf 'Subject: x\\n\\nhello\\n' >"$name" &&
        shift && exec env -i PATH="$PATH" %s "$@" scan "$name" .
        """
            .formatted(locale);
    Path box = Files.createDirectory(site.root.resolve("box"));
    List<String> argv = new ArrayList<>(List.of("sh", "-c", script, "sh", box.toString()));
    argv.addAll(command());
    assertThat(run(argv)).isEqualTo(new Outcome(0, "gr\\xfcn: CLEAN\n./gr\\xfcn: CLEAN\n", ""));
  }

  @Test
  void itWorksInADirectoryThatItsUserMayNotEnter() throws Exception {
    // As when root calls setpriv in /root. Without these capabilities root may not enter it either.
    boolean root = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    String unprivileged = root ? "setpriv --bounding-set=-dac_override,-dac_read_search " : "";
    String script = "cd \"$1\" && chmod 0 . && shift && exec " + unprivileged + "\"$@\"";
    Path closed = Files.createDirectory(site.root.resolve("closed"));
    List<String> argv = new ArrayList<>(List.of("sh", "-c", script, "sh", closed.toString()));
    argv.addAll(command("scan", site.mail("clean", "hello").toString()));
    assertThat(run(argv).out()).endsWith("clean: CLEAN\n");
  }

  @Test
  void aMessageFromStandardInputIsExplained() throws Exception {
    Path mail = site.mail("infected", Site.VIRUS);
    Process process =
        new ProcessBuilder(command("explain", "--json", "-")).redirectInput(mail.toFile()).start();
    assertThat(process.getInputStream())
        .asString(StandardCharsets.UTF_8)
        .startsWith("{\"path\":\"-\",\"verdict\":\"infected\",\"threats\":[\"Test-A\",\"Test-B\"]")
        .endsWith("}\n");
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(site.residue()).isEmpty();
  }

  @Test
  void aVirtualMachineThatCannotStartIsNoInfection() throws Exception {
    Files.writeString(home.resolve("lib/qscan.jar"), "no jar");
    Outcome outcome = qscan("scan", site.mail("clean", "hello").toString());
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).endsWith("could not start: see its own message above\n");
  }

  @Test
  void anAddressSpaceThatIsTooSmallIsToldInOneLine() throws Exception {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", "ulimit -v 200000; exec \"$@\"", "sh"));
    argv.addAll(command("check"));
    Outcome outcome = run(argv);
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).hasLineCount(1).contains("address space (200000 KiB)");
  }

  @Test
  void checkBuildsTheArchiveAndPassesAndTheLauncherUsesIt() throws Exception {
    assertThat(launched()).isEqualTo(Launch.NO_ARCHIVE);
    Outcome outcome = qscan("check");
    assertThat(outcome.lines()).as(outcome.toString()).last().isEqualTo("PASS");
    assertThat(outcome.out())
        .contains("CPU for a small mail", "ok   class archive", "refused with exit code 39");
    assertThat(launched()).contains("/lib/cache/qscan-").contains("q scan");
    assertThat(site.residue()).isEmpty();

    Outcome again = qscan("check");
    assertThat(again.out()).endsWith("PASS\n").doesNotContain("training");
  }

  @Test
  void archiveIsOfThisJarAndLeftAloneByAnother() throws Exception {
    Outcome outcome = qscan("install-cache");
    assertThat(outcome.code()).as(outcome.toString()).isZero();
    CacheDirectory cache = new CacheDirectory(home);
    assertThat(cache.path().toFile().list())
        .hasSize(3)
        .contains("settings", ".lock")
        .anyMatch(name -> name.startsWith("qscan-" + cache.buildId().substring(0, 16) + "."));
    assertThat(launched()).isNotEqualTo(Launch.NO_ARCHIVE);

    // Another build, with the old time stamp that a reproducible package has.
    FileTime old = Files.getLastModifiedTime(cache.jar());
    Files.write(cache.jar(), new byte[] {0}, java.nio.file.StandardOpenOption.APPEND);
    Files.setLastModifiedTime(cache.jar(), old);
    assertThat(qscan("install-cache").err()).contains("install both from one package");
    Files.writeString(home.resolve("lib/build-id"), cache.jarId() + "\n");
    assertThat(launched()).isEqualTo(Launch.NO_ARCHIVE);
  }

  @Test
  void interruptedInTheMiddleOfAScanItLeavesNothing() throws Exception {
    site.script("sweep", "touch '" + site.root + "/started'; sleep 100");
    String mail = site.mail("mail", "hello").toString();
    for (String signal : List.of("INT", "TERM")) {
      Files.deleteIfExists(site.root.resolve("started"));
      // A terminal sends SIGINT to the whole group. Whoever started the tests may ignore it, as a
      // shell's background jobs do, and a shell could not undo that.
      Process process =
          new ProcessBuilder(
                  "setsid",
                  "perl",
                  "-e",
                  "$SIG{INT} = 'DEFAULT'; exec { $ARGV[0] } @ARGV or die",
                  home + "/bin/qscan",
                  "-c",
                  site.configuration().toString(),
                  "scan",
                  mail)
              .redirectErrorStream(true)
              .start();
      Until.holds(
          "it scans, or has ended",
          () -> Files.exists(site.root.resolve("started")) || !process.isAlive());
      assertThat(process.isAlive()).isTrue();
      String target = (signal.equals("INT") ? "-" : "") + process.pid();
      assertThat(new ProcessBuilder("kill", "-s", signal, "--", target).start().waitFor()).isZero();
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isIn(130, 143);
      // Killed, the shell is gone before the virtual machine has cleaned up.
      Until.holds("nothing is left", () -> site.residue().isEmpty());
    }
  }

  @Test
  void progressIsShownOnATerminalAndNowhereElse() throws Exception {
    Path script = RealPrograms.require("script");
    String mail = site.mail("mail", "hello").toString();
    String command = "'" + home + "/bin/qscan' -c " + site.configuration() + " scan " + mail;
    Outcome terminal = run(List.of(script.toString(), "-qec", command, site.root + "/typescript"));
    assertThat(terminal.out()).contains("1/1").contains("\r\033[K" + mail + ": CLEAN\r\n");
    assertThat(qscan("scan", mail).err()).isEmpty();
  }
}
