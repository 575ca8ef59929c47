package org.qscan.engine.scan.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.Verdict;
import org.qscan.engine.Verdict.Reason;
import org.qscan.engine.process.Ending;
import org.qscan.engine.scan.Finding;
import org.qscan.engine.scan.VerdictCache;
import org.qscan.engine.testing.FakeProgram;
import org.qscan.engine.testing.FakeSweep;
import org.qscan.engine.testing.Mails;

/** What sweep says and what it means, judged by the real class of what a real child printed. */
class SweepDialectTest {

  private static final String EICAR =
      ">>> Virus 'EICAR-AV-Test' found in file /work/views/raw/1.eml\n";
  private static final String ENCRYPTED =
      "Password protected file /work/views/ripmime/2.zip/a.pdf\n";
  private static final String CORRUPT = "Could not check /work/views/ripmime/2.doc (corrupt)\n";
  private static final String BOMB =
      "Aborted checking /work/views/ripmime/2.zip - appears to be a 'zip bomb'\n";
  private static final String UNOPENED = "Could not open /work/views/ripmime/2.doc\n";
  private static final String CLEAN_SUMMARY =
      "\n2 files scanned in 4 seconds.\nNo viruses were discovered.\nEnd of Scan.\n";
  private static final String VIRUS_SUMMARY =
      """

      2 files scanned in 4 seconds.
      1 virus was discovered.
      1 file out of 2 was infected.
      If you need further advice regarding any detections please visit our
      Threat Center at: http://www.sophos.com/en-us/threat-center.aspx
      End of Scan.
      """;
  private static final String ERROR_SUMMARY =
      """

      2 files scanned in 4 seconds.
      1 error was encountered.
      No viruses were discovered.
      End of Scan.
      """;

  @TempDir Path directory;
  private Path program = Path.of("/");
  private Path shown = Path.of("/"); // the program keeps files of its own beside itself

  @BeforeEach
  void makeProgram() throws IOException {
    shown = Files.createDirectory(directory.resolve("shown"));
    Files.writeString(shown.resolve("1.eml"), "hello");
    program = FakeSweep.exits(directory, 0, "");
  }

  private Finding scan(int code, String text, String... options) throws ScanFailure {
    FakeSweep.says(program, code, text);
    return sweep(options).scan(shown, FakeProgram.session());
  }

  private ProgramScanner sweep(String... options) {
    return ProgramScanner.sweep(
        new ProgramSettings(program, List.of(options), Map.of()),
        Duration.ofSeconds(30),
        new VerdictCache(0));
  }

  /** The verdict in one word, or "unknown" for a ScanFailure. */
  private String judge(int code, String text, String... options) {
    try {
      return word(scan(code, text, options).verdict());
    } catch (ScanFailure e) {
      assertThat(e).hasMessageStartingWith("sweep.program " + program + " ");
      return "unknown";
    }
  }

  /** The same without a child, where there are too many cases to run them all. */
  private String judgeUnrun(int code, String text, String... options) {
    Ending ending = new Ending(Ending.How.EXITED, code, Mails.octets(text), 0);
    try {
      return word(sweep(options).judge(ending).verdict());
    } catch (ScanFailure e) {
      return "unknown";
    }
  }

  private static String word(Verdict verdict) {
    return verdict.match(
        clean -> "clean",
        infected -> "infected",
        unscannable -> String.join("+", unscannable.reasons().stream().map(Reason::text).toList()));
  }

  // The samples.

  @ParameterizedTest
  @CsvSource({
    "savscan-5.53-clean.txt,           0, clean",
    "savscan-5.53-infected.txt,        3, infected",
    "savscan-5.53-missing-file.txt,    2, unknown",
    "savscan-5.21-infected.txt,        3, infected",
    "savscan-5.27-quick-errors.txt,    2, unknown",
    "savscan-full-one-error.txt,       2, unknown",
    "savscan-ss-infected.txt,          3, infected",
    "savscan-absolute-2019.txt,        3, infected",
    "savscan-password-protected.txt,   2, encrypted",
    "sweep-nested-archives.txt,        3, infected",
    "sweep-relative-path.txt,          3, infected",
    // Not asked for: we never let it remove anything, nor ask for its version.
    "savscan-ss-stale-removed.txt,     3, unknown",
    "savscan-version-5.21.0.txt,       0, unknown",
    "savscan-version-5.34.0.txt,       0, unknown",
    "savscan-version-5.38.0.txt,       0, unknown",
    "savscan-version-5.53.0.txt,       0, unknown",
  })
  void aSampleWithItsExitCodeIsJudged(String sample, int code, String verdict) throws IOException {
    assertThat(judge(code, sample(sample))).isEqualTo(verdict);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void noSampleIsCleanOrInfectedWithAnExitCodeThatSaysOtherwise(String sample) throws IOException {
    String text = sample(sample);
    boolean detects = text.contains(">>> ");
    for (int code = 1; code < 256; code++) {
      assertThat(judgeUnrun(code, text)).isNotIn("clean", code == 3 ? "" : "infected");
    }
    assertThat(judgeUnrun(0, text)).isNotIn("infected", detects ? "clean" : "");
  }

  static Stream<String> samples() throws IOException {
    List<String> names = new ArrayList<>();
    try (InputStream in = SweepDialectTest.class.getResourceAsStream("/sophos")) {
      assertThat(in).isNotNull();
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(name -> name.endsWith(".txt"))
          .forEach(names::add);
    }
    assertThat(names).hasSize(16);
    return names.stream();
  }

  private static String sample(String name) throws IOException {
    try (InputStream in = SweepDialectTest.class.getResourceAsStream("/sophos/" + name)) {
      assertThat(in).as(name).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  @Test
  void theThreatsOfASampleAreNamedOnceEach() throws Exception {
    assertThat(scan(3, sample("sweep-nested-archives.txt")).verdict())
        .isEqualTo(new Verdict.Infected(List.of("EICAR-AV-Test")));
    assertThat(scan(3, sample("savscan-absolute-2019.txt")).verdict())
        .isEqualTo(new Verdict.Infected(List.of("Mal/DrodAce-A")));
  }

  @Test
  void oldVirusDataAreNoted() throws Exception {
    assertThat(scan(0, sample("savscan-5.53-clean.txt")).notes())
        .containsExactly("sweep: the virus data are out of date");
    assertThat(scan(0, "").notes()).isEmpty();
  }

  // The matrix: what was printed, and for which exit codes that means something. All others,
  // in both sets, are unknown.

  record Row(String what, String text, Map<Integer, String> plain, Map<Integer, String> extended) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static final Map<Integer, String> NEVER = Map.of();

  static Stream<Row> matrix() {
    Map<Integer, String> ok = Map.of(0, "clean");
    Map<Integer, String> okExtended = Map.of(0, "clean", 12, "clean");
    Map<Integer, String> found = Map.of(3, "infected");
    Map<Integer, String> foundExtended = Map.of(20, "infected", 24, "infected", 28, "infected");
    return Stream.of(
        new Row("nothing", "", ok, okExtended),
        new Row("clean summary", CLEAN_SUMMARY, ok, okExtended),
        new Row("error summary alone", ERROR_SUMMARY, NEVER, NEVER),
        new Row("virus summary alone", VIRUS_SUMMARY, NEVER, NEVER),
        new Row("infected", EICAR, found, foundExtended),
        new Row("infected with summary", EICAR + VIRUS_SUMMARY, found, foundExtended),
        new Row("infected, but a clean summary", EICAR + CLEAN_SUMMARY, NEVER, NEVER),
        new Row("infected and encrypted", ENCRYPTED + EICAR, found, foundExtended),
        new Row("encrypted", ENCRYPTED, left("encrypted"), leftExtended("encrypted")),
        new Row(
            "encrypted with summary",
            ENCRYPTED + ERROR_SUMMARY,
            left("encrypted"),
            leftExtended("encrypted")),
        new Row("encrypted, but a virus summary", ENCRYPTED + VIRUS_SUMMARY, NEVER, NEVER),
        new Row("corrupt", CORRUPT, left("corrupt"), leftExtended("corrupt")),
        new Row("bomb", BOMB, left("limit"), leftExtended("limit")),
        new Row(
            "all three",
            BOMB + CORRUPT + ENCRYPTED,
            left("encrypted+corrupt+limit"),
            leftExtended("encrypted+corrupt+limit")),
        new Row("could not open", UNOPENED, NEVER, NEVER),
        new Row("could not open and encrypted", UNOPENED + ENCRYPTED, NEVER, NEVER),
        new Row("infected, and could not open", UNOPENED + EICAR, found, foundExtended),
        new Row("unknown line", "Something new in version 6\n", NEVER, NEVER),
        new Row("infected and an unknown line", EICAR + "Something new\n", NEVER, NEVER));
  }

  private static Map<Integer, String> left(String reason) {
    return Map.of(2, reason);
  }

  private static Map<Integer, String> leftExtended(String reason) {
    return Map.of(8, reason, 16, reason);
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void onlyAnExitCodeThatAgreesWithTheTextGivesAVerdict(Row row) {
    Map<Integer, String> plain = new TreeMap<>();
    Map<Integer, String> extended = new TreeMap<>();
    for (int code = 0; code < 256; code++) {
      plain.put(code, judgeUnrun(code, row.text()));
      extended.put(code, judgeUnrun(code, row.text(), "-eec"));
    }
    plain.values().removeIf("unknown"::equals);
    extended.values().removeIf("unknown"::equals);
    assertThat(plain).isEqualTo(row.plain());
    assertThat(extended).isEqualTo(row.extended());
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void theSameHoldsForARealChild(Row row) {
    for (int code : new int[] {0, 1, 2, 3, 126}) {
      String expected = row.plain().getOrDefault(code, "unknown");
      assertThat(judge(code, row.text())).as("exit code " + code).isEqualTo(expected);
    }
    for (int code : new int[] {0, 8, 12, 16, 24, 36}) {
      String expected = row.extended().getOrDefault(code, "unknown");
      assertThat(judge(code, row.text(), "-eec")).as("-eec " + code).isEqualTo(expected);
    }
  }

  @Test
  void theLastOfContradictoryOptionsDecidesOnTheExitCodes() {
    assertThat(judge(24, EICAR, "-eec", "-neec")).isEqualTo("unknown");
    assertThat(judge(24, EICAR, "-neec", "-eec")).isEqualTo("infected");
    assertThat(judge(3, EICAR, "-eec", "-neec")).isEqualTo("infected");
  }

  // Forms of a line.

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ">>> Virus 'W32/Klez-H' found in file /a/b|W32/Klez-H",
        ">>> Virus fragment 'W95/CIH-10xx' found in file /a/b|W95/CIH-10xx",
        ">>> Virus EICAR-AV-Test found in file /a/b|EICAR-AV-Test",
        ">>> Virus fragment EICAR-AV-Test found in file /a/b|EICAR-AV-Test",
        ">>> Adware or PUA 'Generic PUA AB' found in file /a/b|Generic PUA AB",
        ">>> Suspicious file 'Sus/Behav-1' found in file /a/b|Sus/Behav-1",
        ">>> Whatever 'Some/Thing' found in boot sector|Some/Thing",
        ">>> Virus 'It's/Odd' found in file /a/b|It's/Odd",
        ">>> Virus 'A/B' found in file /a/it's found in here|A/B",
        ">>> Virus 'A/B'|A/B",
        ">>> Whatever|Whatever",
      })
  void whateverFollowsTheThreeAnglesIsADetection(String line, String threat) throws Exception {
    assertThat(scan(3, line + "\n").verdict()).isEqualTo(new Verdict.Infected(List.of(threat)));
    assertThat(judge(0, line + "\n")).isEqualTo("unknown");
    assertThat(judge(2, line + "\n")).isEqualTo("unknown");
  }

  @Test
  void aBareSetOfAnglesIsADetectionToo() throws Exception {
    assertThat(judge(3, ">>> \n")).isEqualTo("infected");
    assertThat(judge(3, ">>> ''\n")).isEqualTo("infected");
    assertThat(judge(0, ">>> \n")).isEqualTo("unknown");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Password protected file /a/b.zip/c|encrypted",
        "Password-protected file /a/b.zip/c|encrypted",
        "Could not check /a/b.zip/c (File was encrypted)|encrypted",
        "Could not check /a/b (x).doc (corrupt)|corrupt",
        "Could not check /a/b.doc (format not supported)|corrupt",
        "Aborted checking /a/b.zip - appears to be a 'zip bomb'|limit",
        // What is left out for a reason of ours, or for one that we do not know, is unknown.
        "Could not check /a/b.doc (The main body of virus data is out of date)|unknown",
        "Could not check /a/b.doc (something else)|unknown",
        "Could not check /a/b.doc|unknown",
        "Could not check /a/b (corrupt).doc|unknown",
        "Could not open /a/b.doc|unknown",
        "Aborted checking /a/b.zip|unknown",
        "password protected file /a/b|unknown",
      })
  void whatWasLeftOutIsUnscannableOnlyForAReasonWeKnow(String line, String verdict) {
    assertThat(judge(2, line + "\n")).isEqualTo(verdict);
    assertThat(judge(0, line + "\n")).isEqualTo("unknown");
    assertThat(judge(3, line + "\n")).isEqualTo("unknown");
  }

  @Test
  void theBellAndCarriageReturnsAreNoPartOfALine() {
    assertThat(judge(3, "\u0007" + EICAR)).isEqualTo("infected");
    assertThat(judge(3, EICAR.replace("\n", "\u0007\n"))).isEqualTo("infected");
    assertThat(judge(3, (EICAR + VIRUS_SUMMARY).replace("\n", "\r\n"))).isEqualTo("infected");
    assertThat(judge(0, CLEAN_SUMMARY.replace("\n", "\r\n"))).isEqualTo("clean");
    assertThat(judge(2, ENCRYPTED.replace("\n", "\r\n"))).isEqualTo("encrypted");
    assertThat(judge(2, CORRUPT.replace("\n", "\r\n"))).isEqualTo("corrupt");
    assertThat(judge(0, "\u0007" + EICAR)).isEqualTo("unknown");
  }

  @Test
  void aLastLineWithoutItsEndCounts() {
    assertThat(judge(3, EICAR.strip())).isEqualTo("infected");
    assertThat(judge(0, EICAR.strip())).isEqualTo("unknown");
    assertThat(judge(2, ENCRYPTED.strip())).isEqualTo("encrypted");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " >>> Virus 'A' found in file /a",
        ">>>Virus 'A' found in file /a",
        ">> Virus 'A' found in file /a",
        "Virus 'A' found in file /a",
        "\u00bb Virus 'A' gefunden in Datei /a",
        "Es wurden keine Viren gefunden.",
        "No viruses were discovered. Really.",
        "0 viruses",
        "2 files",
        "3rd party",
        "1",
        "SWEEP: cannot load virus data",
        "Removal successful",
        "Proceed with disinfection of /a ?",
        "sh: 1: exec: /opt/sweep: not found",
        "\u0000",
      })
  void aLineWeDoNotKnowIsNeverPassedOver(String line) {
    assertThat(judge(0, CLEAN_SUMMARY + line + "\n")).isEqualTo("unknown");
    assertThat(judge(2, ENCRYPTED + line + "\n")).isEqualTo("unknown");
    assertThat(judge(3, EICAR + line + "\n")).isEqualTo("unknown");
  }

  @Test
  void theSummaryIsNeverEvidence() {
    assertThat(judge(2, "No viruses were discovered.\n")).isEqualTo("unknown");
    assertThat(judge(3, "No viruses were discovered.\n")).isEqualTo("unknown");
    assertThat(judge(3, "1 virus was discovered.\n")).isEqualTo("unknown");
    assertThat(judge(0, "1 virus was discovered.\n")).isEqualTo("unknown");
    assertThat(judge(0, "12 viruses were discovered.\n")).isEqualTo("unknown");
    assertThat(judge(0, "6 errors were encountered.\n")).isEqualTo("unknown");
    assertThat(judge(0, "1 file out of 2 was infected.\n")).isEqualTo("unknown");
    assertThat(judge(3, "1 file out of 2 was infected.\n")).isEqualTo("unknown");
  }

  // Names inside archives are the sender's, and reach the output as they are.

  /** The places where sweep prints such a name, with the exit code that goes with the line. */
  private static final Map<String, Integer> WITH_A_NAME =
      Map.of(
          "Password protected file /work/2.zip/%s\n", 2,
          "Could not check /work/2.zip/%s (File was encrypted)\n", 2,
          "Could not check /work/2.zip/%s (The main body of virus data is out of date)\n", 2,
          "Aborted checking /work/2.zip/%s - appears to be a 'zip bomb'\n", 2,
          "Could not open /work/2.zip/%s\n", 2,
          ">>> Virus 'Real/Virus' found in file /work/2.zip/%s\n", 3);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x\n>>> Virus 'Forged' found in file y",
        "x\nNo viruses were discovered.",
        "x\nNo viruses were discovered.\nEnd of Scan.\n",
        "x (corrupt)\nCopyright",
        "x (corrupt)\n",
        "x (corrupt)\nFull Scanning",
        "x (corrupt)\nCommand line qualifiers are:",
        "x (corrupt)\nIDE directory is: /",
        "x (corrupt)\nUsing IDE file a.ide",
        "x (corrupt)\nThreat Center at: ",
        "x (corrupt)\nUseful life of Scan has been exceeded",
        "x (corrupt)\nEnd of Scan.",
        "x (corrupt)\n1 file scanned in 2 seconds.",
        "x (corrupt)\n1 file scanned in",
        "x (corrupt)\nAborted checking y - appears to be a 'zip bomb'",
        "x (corrupt)\nPassword protected file y",
        "x\nPassword protected file y",
        "x\rPassword protected file y",
        "x (corrupt)\u0007",
        "x\u0007\n\u0007>>> Virus 'Forged' found in file y",
      })
  void aNameInAnArchiveMakesNothingMilderThanItIs(String name) {
    for (Map.Entry<String, Integer> line : WITH_A_NAME.entrySet()) {
      String honest = judgeUnrun(line.getValue(), line.getKey().replace("%s", "x"));
      String text = line.getKey().replace("%s", name);
      String judged = judgeUnrun(line.getValue(), text);
      boolean asMuch = judged.equals(honest) || judged.startsWith(honest + "+");
      boolean asEncrypted = // no more than an encrypted archive would have brought as well
          name.contains("Password protected") && judged.startsWith("encrypted");
      assertThat(judged.equals("unknown") || asMuch || asEncrypted)
          .as(judged + " for " + text)
          .isTrue();
      assertThat(judgeUnrun(0, text)).as(text).isEqualTo("unknown");
    }
  }

  @Test
  void theBannerCountsOnlyBeforeAnyWordOfAFile() {
    String banner =
        "SAVScan virus detection utility\nVersion 5.53.0 [Linux/AMD64]\nFull Scanning\n";
    assertThat(judge(2, banner + ENCRYPTED)).isEqualTo("encrypted");
    assertThat(judge(2, ENCRYPTED + banner)).isEqualTo("unknown");
    assertThat(judge(3, EICAR + banner)).isEqualTo("unknown");
  }

  @Test
  void whatCouldNotBeOpenedBesideAFindingIsNoted() throws Exception {
    assertThat(scan(3, EICAR + UNOPENED).gaps())
        .containsExactly(
            "sweep.program " + program + " could not scan everything: " + UNOPENED.strip());
  }

  @Test
  void aForgedDetectionDoesNotMakeAVirusOfAnEncryptedFile() {
    String forged = "Password protected file /work/2.zip/x\n>>> Virus 'Forged' found in file y\n";
    assertThat(judge(2, forged)).isEqualTo("unknown");
    assertThat(judge(16, forged, "-eec")).isEqualTo("unknown");
  }

  @Test
  void theFailureSaysWhatDisagrees() {
    assertThatThrownBy(() -> scan(0, EICAR))
        .isInstanceOf(ScanFailure.class)
        .hasMessageContaining("contradicts itself")
        .hasMessageContaining("exit code 0 (no error, no virus)")
        .hasMessageContaining("something was found");
    assertThatThrownBy(() -> scan(77, ""))
        .hasMessageContaining("exit code 77, which it does not document");
    assertThatThrownBy(() -> scan(2, UNOPENED)).hasMessageContaining(UNOPENED.strip());
    assertThatThrownBy(() -> scan(0, "Something new\n")).hasMessageContaining("Something new");
  }

  @Test
  void theProgramOfEveryTestWasReal() throws IOException {
    assertThat(Files.readAllBytes(program)).startsWith('#', '!');
  }
}
