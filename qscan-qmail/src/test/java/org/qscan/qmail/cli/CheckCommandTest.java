package org.qscan.qmail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.testing.FakeSavdi;
import org.qscan.engine.testing.RealClamd;
import org.qscan.qmail.cli.Site.Outcome;

class CheckCommandTest {

  private Site site;

  /** An installation whose bin/qscan-queue runs the classes under test. */
  @BeforeEach
  void install(@TempDir Path directory) throws IOException {
    site = new Site(directory);
    Path java = Path.of(System.getProperty("java.home"), "bin/java");
    site.script(
        "home/bin/qscan-queue",
        String.join(
            " ",
            "exec",
            CacheDirectory.quoted(java.toString()),
            "-cp",
            CacheDirectory.quoted(System.getProperty("java.class.path")),
            "org.qscan.qmail.QscanQueue",
            "\"$@\""));
    site.write(
        "home/lib/launch",
        "find_java() { java="
            + CacheDirectory.quoted(java.toString())
            + "; archive=-Xshare:auto; }\noptions=-Xmx48m\noptions_quiet=\nNEEDED_KIB=1\n");
    site.write("home/lib/qscan.jar", "");
    Path home = directory.resolve("home");
    site.write("home/lib/build-id", new CacheDirectory(home).jarId() + "\n");
    site.write("home/lib/cache", "in the way, so that no archive is built here");
    site.installedIn(home);
  }

  private void assertFails(String item, String... cause) {
    Outcome outcome = site.qscan("check");
    List<String> lines = outcome.lines();
    String last = lines.get(lines.size() - 1);
    assertThat(last).startsWith("FAIL: ").contains(cause);
    assertThat(lines)
        .filteredOn(line -> line.startsWith("FAIL "))
        .first()
        .asString()
        .contains(item, last.substring("FAIL: ".length()));
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(site.residue()).isEmpty();
  }

  @Test
  void soundInstallationPasses() {
    Outcome outcome = site.qscan("check");
    assertThat(outcome.lines()).last().as(outcome.out()).isEqualTo("PASS");
    assertThat(outcome.out())
        .contains("runs as " + System.getProperty("user.name"))
        .contains("ok   configuration   " + site.configuration())
        .contains("ok   clean mail      found clean")
        .contains("ok   EICAR mail      refused with exit code 39")
        .contains("note class archive");
    assertThat(outcome.code()).isZero();
    assertThat(site.residue()).isEmpty();
  }

  @Test
  void exitCodeOfTheConfigurationIsTheOneExpected() {
    site.configure("exit.infected=31");
    assertThat(site.qscan("check").out()).contains("refused with exit code 31").endsWith("PASS\n");
  }

  @Test
  void badKeyFails() {
    site.configure("gate.slot=3");
    assertFails("configuration", "unknown key gate.slot", "qscan.properties:7");
  }

  @Test
  void keyThatIsRetiredAndFileThatTheClientWouldNotBelieveAreNotedAndPass() throws Exception {
    site.configure("daemon.fallback=standalone");
    Files.setPosixFilePermissions(
        site.configuration(), PosixFilePermissions.fromString("rw-rw-r--"));
    Outcome outcome = site.qscan("check");
    assertThat(outcome.lines()).last().as(outcome.out()).isEqualTo("PASS");
    assertThat(outcome.out())
        .contains(":7: daemon.fallback is no longer a key and is ignored: ")
        .containsPattern("note configuration .*so it must belong to root, .*run '(chmod|chown)");
  }

  /** A resident installation: a qscand has been at its socket. */
  private void resident(String... more) throws IOException {
    Path socket = Files.createDirectories(site.root.resolve("run")).resolve("qscand.sock");
    List<String> lines = new ArrayList<>(List.of(more));
    lines.add("daemon.socket=" + socket);
    site.configure(lines.toArray(String[]::new));
    Files.setPosixFilePermissions(
        site.configuration(), PosixFilePermissions.fromString("rw-r--r--"));
    site.write("run/qscand.sock.settings", "exit.failed=99\n");
  }

  @Test
  void fileThatTheClientWouldNotBelieveFailsAResidentInstallation() throws IOException {
    resident();
    Files.setPosixFilePermissions(
        site.configuration(), PosixFilePermissions.fromString("rw-rw-r--"));
    assertFails(
        "configuration",
        site.configuration() + " belongs to user ",
        "has mode 0664",
        "all mail is deferred",
        "chmod go-w " + site.configuration());
  }

  @Test
  void fileThatIsNotRootsFailsAResidentInstallation() throws IOException {
    RealPrograms.requireRoot("give a file away");
    resident();
    Files.setAttribute(site.configuration(), "unix:uid", 12345);
    assertFails("configuration", "belongs to user 12345", "'chown root " + site.configuration());
  }

  @Test
  void clientInThePlaceOfQmailQueueMakesAnInstallationAResidentOne() throws IOException {
    site.write("home/bin/qscan-client", "client");
    site.write("qmail-queue", "client");
    Files.setPosixFilePermissions(
        site.configuration(), PosixFilePermissions.fromString("rw-r--rw-"));
    assertFails("configuration", "has mode 0646", "chmod go-w " + site.configuration());
  }

  @Test
  void socketThatOthersCanReplaceFails() throws IOException {
    resident();
    Path directory = site.root.resolve("run");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxr-x"));
    assertFails(
        "daemon.socket",
        "daemon.socket " + directory.resolve("qscand.sock") + " can be replaced by other users",
        "mode 0775",
        "chmod go-w " + directory);
  }

  @Test
  void missingConfigurationFails() {
    Outcome outcome = site.plain("-c", "/missing", "check");
    assertThat(outcome.lines()).last().isEqualTo("FAIL: /missing: there is no such file");
    assertThat(outcome.code()).isEqualTo(1);
  }

  @Test
  void missingProgramFails() {
    site.configure("queue.program=/nowhere/qmail-queue-old");
    assertFails("queue.program", "queue.program /nowhere/qmail-queue-old does not exist", ":6");
  }

  @Test
  void scannerThatCannotBeExecutedFails() throws IOException {
    Files.setPosixFilePermissions(
        site.root.resolve("sweep"), PosixFilePermissions.fromString("rw-r--r--"));
    assertFails("sweep.program", "sweep.program", "cannot be executed by this user");
  }

  @Test
  void ripmimeIsWantedOnlyWhereItIsConfigured() {
    site.configure("ripmime.program=/nowhere/ripmime", "extractors=mime4j");
    assertThat(site.qscan("check").out()).endsWith("PASS\n");
    site.configure("ripmime.program=/nowhere/ripmime", "extractors=mime4j,ripmime");
    assertFails("ripmime.program", "/nowhere/ripmime does not exist");
  }

  @Test
  void checkSaysWhatAutoStandsFor() {
    site.configure("ripmime.program=/nowhere/ripmime", "extractors=auto");
    assertFails("ripmime.program", "/nowhere/ripmime does not exist");
    assertThat(site.qscan("check").out())
        .contains("auto: ripmime,mime4j,generous, because a scanner is a program");
    site.configure("ripmime.program=/nowhere/ripmime", "extractors=auto", "scanners=clamd,savdi");
    assertThat(site.qscan("check").out())
        .contains("auto: mime4j,generous, because no scanner is a program")
        .doesNotContain("/nowhere/ripmime");
    site.configure("extractors=mime4j");
    assertThat(site.qscan("check").out()).contains("ok   extractors      mime4j\n");
  }

  @Test
  void workDirectoryWithOpenRightsFails() throws IOException {
    Files.setPosixFilePermissions(site.work(), PosixFilePermissions.fromString("rwxrwxrwx"));
    assertFails("work.directory", "writable by its group or by others (mode 777)", "chmod");
  }

  @Test
  void virusDataThatAreNotThereFail() {
    site.configure("sweep.environment=SAV_IDE=/nowhere");
    assertFails("virus data", "SAV_IDE", "/nowhere");
    site.configure("sweep.environment=SAV_IDE=" + site.root);
    assertFails("virus data", "where there are no virus data");
  }

  @Test
  void virusDataThatAreThereAreCounted() {
    site.write("data/new.ide", "");
    site.configure("sweep.environment=SAV_IDE=" + site.root.resolve("data"));
    assertThat(site.qscan("check").out())
        .contains("data: 1 files, the newest of 2")
        .endsWith("PASS\n");
  }

  @Test
  void jarThatIsNotOfThisInstallationFails() {
    site.write("home/lib/qscan.jar", "another");
    assertFails("java", "install both from one package");
  }

  @Test
  void scannerThatFindsNothingFails() {
    site.script("sweep", "exit 0");
    assertFails("EICAR mail", "an EICAR mail was let through", "verdict=clean");
  }

  @Test
  void scannerThatDoesNotFindTheTestFileFails() {
    site.blindScript("sweep", "exit 0");
    assertFails("sweep", "sweep.program", "did not find the EICAR test file");
  }

  @Test
  void scannerThatFindsEverythingFails() {
    site.script("sweep", "echo \">>> Virus 'Everything' found in file x\"; exit 3");
    assertFails("clean mail", "finds Everything in a harmless mail");
  }

  @Test
  void scannerThatIsBrokenFails() {
    site.script("sweep", "exit 1");
    assertFails("clean mail", "sweep.program", "exit code 1");
  }

  @Test
  void scannerThatCannotReadAHarmlessMailFails() {
    site.script("sweep", "echo 'Password protected file x'; exit 2");
    assertFails("clean mail", "calls a harmless mail unscannable (encrypted)");
  }

  @Test
  void queueProgramThatLeadsBackToUsFails() throws IOException {
    Path link = site.root.resolve("qmail-queue-old");
    Files.createSymbolicLink(link, site.root.resolve("home/bin/qscan-queue"));
    site.configure("queue.program=" + link);
    assertFails("queue.program", "leads back to qscan-queue");
  }

  @Test
  void whatAScannerPrintsCannotForgeTheLastLine() {
    site.script("sweep", "printf 'x\\nPASS\\n'; exit 1");
    Outcome outcome = site.qscan("check");
    assertThat(outcome.lines()).doesNotContain("PASS").last().asString().startsWith("FAIL: ");
  }

  @Test
  void noScannerAtAllFails() {
    site.configure("scanners=none");
    assertFails("scanners", "scanners=none: NO MAIL IS SCANNED");
  }

  @Test
  void scannerIsExplainedInASentence() {
    site.script("sweep", "[ \"$1\" = -v ] && echo 'Engine version : 3.98'\n" + Site.SWEEP);
    assertThat(site.qscan("check").out())
        .contains(
            "ok   sweep           " + site.root.resolve("sweep") + " answers: engine version 3.98")
        .endsWith("PASS\n");
  }

  @Test
  void virusDataThatAreTooOldFail() throws IOException {
    Path data = site.write("data/new.ide", "");
    Files.setLastModifiedTime(data, FileTime.from(Instant.now().minus(Duration.ofDays(30))));
    site.configure("sweep.environment=SAV_IDE=" + data.getParent());
    assertFails("sweep", "older than data.max-age=7d");
    site.configure("sweep.environment=SAV_IDE=" + data.getParent(), "data.max-age=31d");
    assertThat(site.qscan("check").out()).endsWith("PASS\n");
  }

  @Test
  void whatQscanClientUsesAndTheConfigurationDoesNotHaveIsNoted() throws IOException {
    RealPrograms.requireRoot("have a configuration that qscan-client believes");
    Path socket = site.root.resolve("run/qscand.sock");
    resident("daemon.patience=7s");
    site.write("run/qscand.sock.settings", "# x\nexit.failed=99\ndaemon.patience=5s\nno.key=1\n");
    assertThat(site.qscan("check").out())
        .contains("note qscan-client    uses daemon.patience=5s, which qscand wrote to " + socket)
        .contains("but the configuration has 7s (", "send HUP to qscand")
        .doesNotContain("uses exit.failed")
        .endsWith("PASS\n");
    site.write("run/qscand.sock.settings", "exit.failed=99\ndaemon.patience=7s\n");
    assertThat(site.qscan("check").out()).doesNotContain("note qscan-client");
  }

  @Test
  void virusDataOfTheFutureAreNoted() throws IOException {
    Path data = site.write("data/new.ide", "");
    Files.setLastModifiedTime(data, FileTime.from(Instant.parse("2131-01-06T08:00:00Z")));
    site.configure("sweep.environment=SAV_IDE=" + data.getParent());
    assertThat(site.qscan("check").out())
        .contains("note sweep ", "the virus data have a date in the future, 2131-01-06T08:00:00Z")
        .endsWith("PASS\n");
  }

  @Test
  void daemonThatIsNotThereFails() {
    site.configure("scanners=clamd", "clamd.address=unix:" + site.root.resolve("none.sock"));
    assertFails("clamd", "clamd.address unix:" + site.root.resolve("none.sock"));
    site.configure("scanners=savdi", "savdi.address=unix:" + site.root.resolve("none.sock"));
    assertFails("savdi", "savdi.address unix:" + site.root.resolve("none.sock"));
  }

  @Test
  void programOfEachScannerIsLookedAt() {
    site.configure("scanners=savscan,avscanner", "savscan.program=/nowhere/savscan");
    assertFails("savscan.program", "/nowhere/savscan does not exist");
  }

  /** clamd.conf of a clamd at this socket, and qmail's control/databytes beside queue.program. */
  private void clamdWith(String databytes, String... settings) {
    site.script("bin/queue", "cat >/dev/null; cat <&1 >/dev/null");
    if (databytes.isEmpty()) {
      Path file = site.root.resolve("control/databytes");
      assertThat(Files.exists(file)).isFalse();
    } else {
      site.write("control/databytes", databytes + "\n");
    }
    site.write(
        "clamd.conf",
        "LocalSocket "
            + site.root.resolve("clamd.sock")
            + "\n"
            + String.join("\n", settings)
            + "\n");
    site.configure(
        "scanners=clamd",
        "clamd.address=unix:" + site.root.resolve("clamd.sock"),
        "clamd.configuration=" + site.root.resolve("clamd.conf"),
        "queue.program=" + site.root.resolve("bin/queue"));
  }

  private List<String> ofClamdLimits() {
    return site.qscan("check").lines().stream()
        .filter(line -> line.contains(" clamd limits "))
        .toList();
  }

  @Test
  void limitOfClamdBelowWhatQmailAcceptsFailsWithBothFilesAndValues() {
    clamdWith(
        "50000000", "StreamMaxLength 25M", "MaxFileSize 100M", "MaxFiles 0", "MaxRecursion 110");
    assertFails(
        "clamd limits",
        "StreamMaxLength of " + site.root.resolve("clamd.conf") + " is 25M",
        site.root.resolve("control/databytes") + " is 50000000",
        "unscannable.limit");
    assertThat(ofClamdLimits()).hasSize(1);
  }

  @Test
  void eachLimitOfClamdIsCompared() {
    clamdWith(
        "50000000",
        "StreamMaxLength 49000K",
        "MaxFileSize 25M",
        "MaxScanSize 10M",
        "MaxFiles 10000",
        "MaxRecursion 17");
    assertThat(ofClamdLimits())
        .allMatch(line -> line.startsWith("FAIL "))
        .hasSize(4)
        .anyMatch(line -> line.contains("MaxFileSize of "))
        .anyMatch(line -> line.contains("MaxScanSize of "))
        .anyMatch(line -> line.contains("MaxFiles of ") && line.contains("20000"))
        .anyMatch(line -> line.contains("MaxRecursion of "));
  }

  @Test
  void presetLimitsOfClamdCountAndZeroIsNoLimit() {
    clamdWith("90000000", "MaxFiles 20000", "MaxRecursion 110");
    assertThat(ofClamdLimits()).singleElement().asString().startsWith("ok   clamd limits");
    clamdWith("110000000", "MaxFiles 20000", "MaxFileSize 0", "MaxRecursion 200");
    assertThat(ofClamdLimits())
        .singleElement()
        .asString()
        .startsWith("FAIL clamd limits")
        .contains("StreamMaxLength", "104857600 by default");
    clamdWith("110000000", "MaxFiles 0", "MaxFileSize 0", "StreamMaxLength 2G", "MaxRecursion 200");
    assertThat(ofClamdLimits()).singleElement().asString().startsWith("ok   clamd limits");
  }

  @Test
  void withoutDatabytesQmailAcceptsMoreThanAnyLimit() {
    clamdWith("", "MaxFiles 0", "MaxFileSize 0", "MaxScanSize 0", "MaxRecursion 200");
    assertThat(ofClamdLimits())
        .singleElement()
        .asString()
        .startsWith("FAIL clamd limits")
        .contains("control/databytes does not exist, so qmail accepts messages of any size");
    clamdWith("0", "MaxFiles 0", "MaxFileSize 0", "MaxScanSize 0", "MaxRecursion 200");
    assertThat(ofClamdLimits()).singleElement().asString().contains("databytes is 0, so qmail");
  }

  @Test
  void configurationOfAnotherClamdSaysNothing() {
    clamdWith("50000000", "StreamMaxLength 25M");
    site.write("clamd.conf", "LocalSocket /elsewhere/clamd.ctl\nStreamMaxLength 1M\n");
    assertThat(ofClamdLimits())
        .singleElement()
        .asString()
        .startsWith("note clamd limits")
        .contains("listens elsewhere than clamd.address", "databytes is 50000000");
  }

  @Test
  void limitOfSavdidBelowWhatQmailAcceptsFailsWithBoth() {
    try (FakeSavdi savdi =
        new FakeSavdi("unix:" + site.root.resolve("savdi"), (subject, data) -> FakeSavdi.CLEAN)
            .takesAtMost(25_000_000)) {
      site.script("bin/queue", "cat >/dev/null; cat <&1 >/dev/null");
      site.write("control/databytes", "25000001");
      site.configure(
          "scanners=savdi",
          "data.max-age=3650d",
          "savdi.address=" + savdi.address(),
          "queue.program=" + site.root.resolve("bin/queue"));
      assertFails(
          "savdi",
          "maxscandata of savdid.conf is 25000000",
          site.root.resolve("control/databytes") + " is 25000001");
      site.write("control/databytes", "25000000");
      assertThat(site.qscan("check").out()).doesNotContain("FAIL savdi").contains("ok   savdi");
    }
  }

  @Test
  void realClamdPassesAndItsLimitsAreNoted() throws Exception {
    try (RealClamd clamd = RealClamd.start(site.root)) {
      site.configure("scanners=clamd,sweep", "clamd.address=" + clamd.socket() + " " + clamd.tcp());
      assertThat(site.qscan("check").out())
          .contains("ok   clamd           unix:", "ok   clamd           tcp:", "answers: ClamAV ")
          .contains("note clamd           ", "AlertExceedsMax yes", "AlertEncrypted yes")
          .contains("EICAR mail      refused with exit code 39")
          .endsWith("PASS\n");
    }
    assertFails("clamd", "clamd.address");
  }
}
