package org.qscan.qmail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.qmail.cli.Site.Outcome;

class ScanCommandTest {

  private Site site;

  @BeforeEach
  void makeSite(@TempDir Path directory) {
    site = new Site(directory);
  }

  @AfterEach
  void nothingIsLeftInTheWorkDirectory() {
    assertThat(site.residue()).isEmpty();
  }

  @Test
  void cleanMailIsSaidToBeClean() {
    Path mail = site.mail("mail", "hello");
    Outcome outcome = site.qscan("scan", mail.toString());
    assertThat(outcome.out()).isEqualTo(mail + ": CLEAN\n");
    assertThat(outcome.code()).isZero();
  }

  @Test
  void infectedMailIsSaidWithAllItsThreats() {
    Path mail = site.mail("mail", Site.VIRUS);
    Outcome outcome = site.qscan("scan", mail.toString());
    assertThat(outcome.out()).isEqualTo(mail + ": INFECTED Test-A, Test-B\n");
    assertThat(outcome.code()).isEqualTo(1);
  }

  @Test
  void unscannableMailIsSaidWithItsReasonWhateverThePolicy() {
    Path mail = site.mail("mail", Site.ENCRYPTED);
    Outcome outcome = site.qscan("scan", mail.toString());
    assertThat(outcome.out()).isEqualTo(mail + ": UNSCANNABLE encrypted\n");
    assertThat(outcome.code()).isEqualTo(3);
  }

  @Test
  void brokenScannerIsAFailureThatNamesIt() {
    Path mail = site.mail("mail", Site.BROKEN);
    Outcome outcome = site.qscan("scan", mail.toString());
    assertThat(outcome.out())
        .startsWith(mail + ": FAILED sweep.program ")
        .contains("exit code 1")
        .endsWith("\n")
        .hasLineCount(1);
    assertThat(outcome.code()).isEqualTo(2);
  }

  @Test
  void missingFileIsAFailureAndTheOthersAreStillScanned() {
    Path mail = site.mail("mail", "hello");
    Path missing = site.root.resolve("missing");
    Outcome outcome = site.qscan("scan", missing.toString(), mail.toString());
    assertThat(outcome.lines())
        .containsExactly(missing + ": FAILED there is no such file", mail + ": CLEAN");
    assertThat(outcome.code()).isEqualTo(2);
  }

  @ParameterizedTest(name = "{0} is answered with {1}")
  @CsvSource({
    "clean, 0",
    "clean infected broken encrypted, 1",
    "encrypted broken infected clean, 1",
    "clean encrypted broken, 2",
    "broken encrypted, 2",
    "encrypted clean, 3",
    "clean encrypted clean, 3",
    "clean clean, 0",
  })
  void theWorstOfAllDecidesTheExitCode(String kinds, int expected) {
    site.mail("clean", "hello");
    site.mail("infected", Site.VIRUS);
    site.mail("encrypted", Site.ENCRYPTED);
    site.mail("broken", Site.BROKEN);
    List<String> words =
        List.of(kinds.split(" ", -1)).stream().map(kind -> site.root + "/" + kind).toList();
    Outcome outcome =
        site.qscan(
            java.util.stream.Stream.concat(java.util.stream.Stream.of("scan"), words.stream())
                .toArray(String[]::new));
    assertThat(outcome.code()).isEqualTo(expected);
    assertThat(outcome.lines()).hasSameSizeAs(words);
  }

  @Test
  void directoryMeansAllFilesBelowItInOrder() {
    site.mail("box/b", "hello");
    site.mail("box/a/z", "hello");
    site.mail("box/c", Site.VIRUS);
    Path box = site.root.resolve("box");
    Outcome outcome = site.qscan("scan", box.toString());
    assertThat(outcome.lines())
        .containsExactly(
            box + "/a/z: CLEAN", box + "/b: CLEAN", box + "/c: INFECTED Test-A, Test-B");
    assertThat(outcome.code()).isEqualTo(1);
  }

  @Test
  void linkInADirectoryIsNotFollowedButANamedOneIs() throws IOException {
    Path mail = site.mail("mail", Site.VIRUS);
    Path box = Files.createDirectory(site.root.resolve("box"));
    Path link = Files.createSymbolicLink(box.resolve("link"), mail);
    Files.createSymbolicLink(box.resolve("loop"), box);
    assertThat(site.qscan("scan", box.toString())).isEqualTo(new Outcome(0, "", ""));
    assertThat(site.qscan("scan", link.toString()).code()).isEqualTo(1);
  }

  @Test
  void nameWithALineEndCannotForgeALine() {
    Path mail = site.mail("x: CLEAN\n/etc/passwd", "hello");
    Outcome outcome = site.qscan("scan", mail.toString());
    assertThat(outcome.lines()).containsExactly(site.root + "/x: CLEAN\\x0a/etc/passwd: CLEAN");
  }

  @Test
  void namesOfAllKindsAreScannedAndEscaped() {
    Path box = site.root.resolve("box");
    for (String name : List.of("-c", "@x", " ", "a\u001b[31m", "\u00fc\u2028", "\"q\"\\", "*")) {
      site.mail("box/" + name, "hello");
    }
    Outcome outcome = site.qscan("scan", box.toString());
    assertThat(outcome.lines())
        .containsExactly(
            box + "/ : CLEAN",
            box + "/\\x22q\\x22\\x5c: CLEAN",
            box + "/*: CLEAN",
            box + "/-c: CLEAN",
            box + "/@x: CLEAN",
            box + "/a\\x1b[31m: CLEAN",
            box + "/\\xfc\\u2028: CLEAN");
    assertThat(outcome.code()).isZero();
  }

  @Test
  void argumentsThatLookLikeFilesOfArgumentsAreFiles() {
    Outcome outcome = site.qscan("scan", "--", "@missing", "-missing");
    assertThat(outcome.lines())
        .containsExactly(
            "@missing: FAILED there is no such file", "-missing: FAILED there is no such file");
  }

  @Test
  void nameThatIsNotUtf8IsFoundBelowItsDirectory() throws Exception {
    Path box = Files.createDirectory(site.root.resolve("box"));
    Process printf =
        new ProcessBuilder(
                "/bin/sh", "-c", "printf 'S: x\\n\\n' >\"$0/$(printf 'a\\377b')\"", box + "")
            .start();
    assertThat(printf.waitFor()).isZero();
    Outcome outcome = site.qscan("scan", box.toString());
    assertThat(outcome.lines()).containsExactly(box + "/a\\ufffdb: CLEAN");
    Outcome named = site.qscan("scan", box + "/a\ufffdb");
    assertThat(named.out()).contains("FAILED its name is not UTF-8");
  }

  @Test
  void workDirectoryThatCannotBeUsedFailsEveryFile() throws IOException {
    Path mail = site.mail("mail", "hello");
    Files.setPosixFilePermissions(
        site.work(), java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
    Outcome outcome = site.qscan("scan", mail.toString(), mail.toString());
    assertThat(outcome.lines())
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).contains(": FAILED work.directory ", "chmod"));
    assertThat(outcome.code()).isEqualTo(2);
  }

  @Test
  void badConfigurationIsRefusedWithTheKeyAndTheLine() {
    site.configure("gate.slots=many");
    Outcome outcome = site.qscan("scan", site.mail("mail", "hello").toString());
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err())
        .contains("qscan.properties:7: gate.slots=many: must be a whole number");
  }

  @Test
  void commandLineWithoutFilesIsRefused() {
    assertThat(site.qscan("scan").code()).isEqualTo(2);
    assertThat(site.qscan("scan", "--bogus", "x").code()).isEqualTo(2);
    assertThat(site.qscan("bogus").code()).isEqualTo(2);
    assertThat(site.qscan().code()).isEqualTo(2);
  }

  @Test
  void jsonHasOneObjectALineWithAlwaysTheSameMembers() {
    Path clean = site.mail("clean", "hello");
    Path infected = site.mail("infected", Site.VIRUS);
    Path missing = site.root.resolve("missing\n");
    Outcome outcome = site.qscan("scan", "--json", clean + "", infected + "", missing.toString());
    assertThat(outcome.code()).isEqualTo(1);
    String ms = "\"ms\":{\"receive\":N,\"extract\":N,\"wait\":N,\"scan\":N,\"total\":N}}";
    assertThat(outcome.lines().stream().map(ScanCommandTest::withoutTimes))
        .containsExactly(
            "{\"path\":\""
                + clean
                + "\",\"verdict\":\"clean\",\"threats\":[],\"reasons\":[],\"failure\":null,"
                + "\"size\":21,\"parts\":1,\"guessed\":0,\"names\":[],\"notes\":[],"
                + ms,
            "{\"path\":\""
                + infected
                + "\",\"verdict\":\"infected\",\"threats\":[\"Test-A\",\"Test-B\"],\"reasons\":[],"
                + "\"failure\":null,\"size\":31,\"parts\":1,\"guessed\":0,\"names\":[],\"notes\":[],"
                + ms,
            "{\"path\":\""
                + site.root
                + "/missing\\n\",\"verdict\":\"failed\",\"threats\":[],\"reasons\":[],"
                + "\"failure\":\"there is no such file\",\"size\":0,\"parts\":0,\"guessed\":0,\"names\":[],"
                + "\"notes\":[],"
                + ms);
  }

  private static String withoutTimes(String line) {
    int ms = line.indexOf("\"ms\"");
    return line.substring(0, ms) + line.substring(ms).replaceAll("[0-9]+", "N");
  }

  @Test
  void jsonTellsTheSendersNamesInAscii() {
    site.write(
        "mail",
        """
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary=b

        --b
        Content-Type: application/octet-stream; name="a\u0007b\u001b.exe"

        x
        --b--
        """);
    Outcome outcome = site.qscan("scan", "--json", site.root.resolve("mail").toString());
    assertThat(outcome.out()).contains("\"names\":[\"a\\u0007b\\u001B.exe\"]").matches("[ -~]*\n");
  }

  @Test
  void oneScannerCanBeTriedAlone() {
    site.script("avscanner", "echo 'Detected \"/x\" is infected with Other'; exit 24");
    site.configure("avscanner.program=" + site.root.resolve("avscanner"));
    Path mail = site.mail("mail", Site.VIRUS);
    assertThat(site.qscan("scan", "--scanner", "sweep", mail.toString()).out())
        .isEqualTo(mail + ": INFECTED Test-A, Test-B\n");
    assertThat(site.qscan("scan", "--scanner", "avscanner", mail.toString()).out())
        .isEqualTo(mail + ": INFECTED Other\n");
    Outcome unknown = site.qscan("scan", "--scanner", "norton", mail.toString());
    assertThat(unknown.err()).contains("scanners=norton", "avscanner", "clamd");
    assertThat(unknown.code()).isEqualTo(2);
  }

  @Test
  void severalAtATimeAreToldInTheOrderOfTheFiles() {
    List<String> words = new ArrayList<>(List.of("scan", "--jobs", "4"));
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      Path mail = site.mail("mail" + i, i % 3 == 0 ? Site.VIRUS : "hello");
      words.add(mail.toString());
      expected.append(mail).append(i % 3 == 0 ? ": INFECTED Test-A, Test-B\n" : ": CLEAN\n");
    }
    Outcome outcome = site.qscan(words.toArray(String[]::new));
    assertThat(outcome.out()).isEqualTo(expected.toString());
    assertThat(outcome.code()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "101", "x"})
  void aNumberOfJobsThatMakesNoSenseIsRefused(String jobs) {
    Outcome outcome = site.qscan("scan", "--jobs", jobs, site.mail("mail", "hello").toString());
    assertThat(outcome.err()).contains("--jobs");
    assertThat(outcome.code()).isEqualTo(2);
  }
}
