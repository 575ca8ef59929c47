package org.qscan.qmail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.engine.gate.Gate;
import org.qscan.engine.gate.SessionLease;
import org.qscan.engine.gate.Slot;
import org.qscan.engine.gate.WorkDirectory;
import org.qscan.engine.process.ProcessTree;
import org.qscan.qmail.cli.Site.Outcome;

class ExplainCommandTest {

  private static final String TWO_PARTS =
      """
      Subject: test
      MIME-Version: 1.0
      Content-Type: multipart/mixed; boundary=b

      --b
      Content-Type: text/plain

      hello
      --b
      Content-Type: application/octet-stream; name="a.exe"
      Content-Transfer-Encoding: base64
      Content-Disposition: attachment; filename="a.exe"

      dGhpcy1pcy1hLXZpcnVz
      --b--
      """;

  /** Two boundaries can be read from its header, and each separates parts. */
  private static final String TWO_BOUNDARIES =
      TWO_PARTS
          .replace("boundary=b", "boundary=b; boundary=c")
          .replace("hello\n", "hello\n--c\n\n");

  /** Says which file, as the real one does. */
  private static final String SWEEP_THAT_NAMES_FILES =
      """
      for directory; do :; done
      found=$(grep -rl this-is-a-virus "$directory")
      [ -n "$found" ] || exit 0
      for file in $found; do echo ">>> Virus 'Test' found in file $file"; done
      exit 3
      """;

  private Site site;

  @BeforeEach
  void makeSite(@TempDir Path directory) {
    site = new Site(directory);
    site.configure("extractors=mime4j,generous");
  }

  @AfterEach
  void nothingIsLeftInTheWorkDirectory() {
    assertThat(site.residue()).isEmpty();
  }

  private Outcome explain(String mail) {
    return site.qscan("explain", site.write("mail", mail).toString());
  }

  @Test
  void everyViewIsToldWithItsPartsTheirNamesTypesAndSizes() {
    site.script("sweep", SWEEP_THAT_NAMES_FILES);
    Outcome outcome = explain(TWO_PARTS);
    assertThat(outcome.out())
        .contains("view raw: done, 1 part\n  part raw/1.eml: 280 bytes, type \"message/rfc822\"\n")
        .containsPattern("view mime4j: done, 3 parts \\(\\d+ ms\\)\n")
        .containsPattern("part mime4j/\\d: 5 bytes, type \"text/plain\", read as \"7bit\"\n")
        .containsPattern(
            "part mime4j/\\d: 15 bytes, name \"a.exe\", type \"application/octet-stream\","
                + " read as \"base64\"\n    sweep: INFECTED Test\n")
        .containsPattern("view generous: done, 2 parts \\(\\d+ ms\\)\n")
        .containsPattern("part (mime4j|generous)/\\d: 15 bytes, name \"a.exe\"")
        .contains("name \"a.exe\" known to mime4j, generous\n")
        .containsPattern("scanner sweep: INFECTED Test \\(\\d+ ms\\)\n")
        .containsPattern("time receive \\d+ ms, extract \\d+ ms, wait \\d+ ms, scan \\d+ ms");
    assertThat(outcome.lines()).contains("verdict INFECTED Test");
    assertThat(outcome.code()).isEqualTo(1);
  }

  @Test
  void whetherTheMailIsPlainIsToldAndWhyNot() {
    assertThat(explain(TWO_PARTS).lines()).contains("form plain");
    assertThat(explain(TWO_PARTS.replace("--b\n", "--b \n")).lines())
        .contains("form odd, line 5: text stands before the first part of a multipart");
    assertThat(explain(TWO_PARTS).lines()).contains("  needs path mixed", "  needs lines LF");
  }

  @Test
  void ripmimesViewIsToldAsWell() {
    RealPrograms.require("ripmime");
    site.configure("extractors=ripmime");
    assertThat(explain(TWO_PARTS).out())
        .contains("view ripmime: done, ")
        .containsPattern("part ripmime/\\d\\.exe: 15 bytes, name \"a\\.exe\"\n")
        .contains("name \"a.exe\" known to ripmime\n");
  }

  @ParameterizedTest(name = "{0}: {1}, exit code {2}")
  @CsvSource({
    "hello, CLEAN, 0, queue, the exit code of the real qmail-queue, lets it pass",
    "this-is-a-virus, 'INFECTED Test-A, Test-B', 1, refuse, exit code 39, answers 554 5.7.1",
    "this-is-encrypted, UNSCANNABLE encrypted, 3, defer, exit code 99, answers 451 4.7.1",
  })
  void theVerdictIsToldWithWhatTheFrontEndsWouldAnswer(
      String line, String verdict, int code, String decision, String exit, String smtp) {
    site.configure("unscannable.encrypted=defer");
    Outcome outcome = site.qscan("explain", site.mail("mail", line).toString());
    assertThat(outcome.lines())
        .contains(
            "verdict " + verdict,
            "answer " + decision,
            "  qscan-queue and qscan-client: " + exit,
            "  VirusScanHook: " + smtp);
    assertThat(outcome.code()).isEqualTo(code);
  }

  @Test
  void aBounceOfQmailSendsOwnIsAnsweredByItsOwnPolicy() {
    site.configure("bounce.infected=discard");
    assertThat(site.qscan("explain", site.mail("mail", Site.VIRUS).toString()).lines())
        .contains("  as a bounce of qmail-send itself: discard, by bounce.infected=discard");
  }

  @Test
  void aScannerThatFailsIsToldAndWhatWasSeenAsWell() {
    site.configure("extractors=generous", "scanners=sweep,savscan", "savscan.program=/missing");
    Outcome outcome = site.qscan("explain", site.mail("mail", "hello").toString());
    assertThat(outcome.out())
        .contains("verdict FAILED: savscan.program /missing is missing")
        .containsPattern("scanner sweep: CLEAN \\(\\d+ ms\\)\n")
        .contains("scanner savscan: FAILED: savscan.program /missing is missing")
        .contains("view generous: done, ")
        .contains("answer defer\n");
    assertThat(outcome.code()).isEqualTo(2);
  }

  @Test
  void rulesAreToldWithTierAndLine() {
    Outcome outcome = explain(TWO_BOUNDARIES.replace("dGhpcy1pcy1hLXZpcnVz", "aGVsbG8="));
    assertThat(outcome.out())
        .contains(
            "rule boundary-conflict: refuse, line 3 of the message: a header from which two"
                + " boundaries can be read\n"
                + "  text \"Content-Type: multipart/mixed; boundary=b; boundary=c\"\n");
    assertThat(outcome.lines()).contains("verdict UNSCANNABLE mime:boundary-conflict");
    assertThat(outcome.code()).isEqualTo(3);
  }

  @Test
  void aRuleThatAPartFiredIsToldWithThePart() {
    String inner = TWO_BOUNDARIES;
    String encoded =
        java.util.Base64.getMimeEncoder().encodeToString(inner.getBytes(StandardCharsets.UTF_8));
    Outcome outcome =
        explain(
            "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + encoded + "\n");
    assertThat(outcome.out())
        .containsPattern("rule boundary-conflict: refuse, line 3 of part (mime4j|generous)/\\d+: ");
  }

  @Test
  void inMonitorModeARuleIsToldNotToRefuse() {
    site.configure("extractors=generous", "mime.mode=monitor");
    assertThat(explain(TWO_BOUNDARIES).out())
        .contains("rule boundary-conflict: refuse (not enforced: mime.mode=monitor), line 3")
        .contains("verdict INFECTED");
  }

  // What the sender wrote makes no line of its own, and moves no cursor.

  private static final String EVIL =
      "x\nverdict CLEAN\r\u001b[2J\u0085\u009b31m\u202e\u2028\u007f\"";

  /** All forms in which a sender can have such a name reach us. */
  private static String evilMail() {
    String utf8 = "=?utf-8?B?" + base64(EVIL) + "?=";
    String percent = percent(EVIL);
    return "Subject: x\nMIME-Version: 1.0\n"
        + "Content-Type: multipart/mixed; boundary=\"b\"; name=\"a\u001b[2Jb\u009bc\"\n\n"
        + "--b\nContent-Type: a/b\u001b[31m; name=\""
        + utf8
        + "\"\nContent-Disposition: attachment; filename*=utf-8''"
        + percent
        + "\nContent-Transfer-Encoding: x\u001b[1m\u0085\u202e\n\nhello\n"
        + "--b\nContent-Type: text/plain; name=\"fold\n verdict CLEAN\"\n\n"
        + "begin 644 uu\u001b[31m\u202e\n#86)C\n`\nend\n"
        + "--b--\n";
  }

  private static String base64(String text) {
    return java.util.Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String percent(String text) {
    StringBuilder escaped = new StringBuilder();
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      escaped.append(String.format(Locale.ROOT, "%%%02x", octet));
    }
    return escaped.toString();
  }

  @Test
  void theSenderMakesNoLineAndMovesNoCursor() {
    Outcome outcome = explain(evilMail());
    assertThat(outcome.out())
        .matches("(?s)[ -~\n]*")
        .contains("name \"x\\x0averdict CLEAN\\x0d\\x1b[2J\\x85\\x9b31m\\u202e\\u2028\\x7f\\x22\"");
    assertThat(outcome.lines())
        .allMatch(line ->
            line.matches(
                "(file|verdict|answer|form|view|rule|name|scanner|time|note) .*"
                    + "|  (part|text|qscan-queue|VirusScanHook|as a bounce).*|    sweep: .*"))
        .filteredOn(line -> line.startsWith("verdict "))
        .hasSize(1);
  }

  @Test
  void norInJson() throws IOException {
    Outcome outcome = site.qscan("explain", "--json", site.write("mail", evilMail()).toString());
    assertThat(outcome.out()).matches("[ -~]*\n");
    assertThat(names(outcome.out())).contains(EVIL.strip(), EVIL);
  }

  @Test
  void aScannersWordsMakeNoLineEither() {
    site.script("sweep", "printf \">>> Virus 'A\\033[31m\\nB' found in file x\\n\"; exit 3");
    assertThat(explain(TWO_PARTS).out()).matches("(?s)[ -~\n]*").doesNotContain("\nB'");
  }

  /** The member of an archive is the sender's; what stands behind it is no other file's. */
  @Test
  void aFileIsOnlyBlamedWhereItsWholeNameStands() {
    site.script(
        "sweep",
        "for directory; do :; done\n"
            + "echo \">>> Virus 'Test' found in file $directory/raw/1.eml.exe\"\n"
            + "echo \">>> Virus 'Test' found in file /elsewhere$directory/raw/1.eml\"\n"
            + "exit 3");
    assertThat(explain(TWO_PARTS).out()).doesNotContain("    sweep:");
  }

  @Test
  void whatIsIgnoredIsNotBlamedOnAPart() {
    site.script("sweep", SWEEP_THAT_NAMES_FILES);
    site.configure("extractors=generous", "ignore.threats=Te*");
    assertThat(explain(TWO_PARTS).out())
        .contains("verdict CLEAN")
        .doesNotContain("    sweep:")
        .contains("ignore.threats: Test was found and ignored");
  }

  @Test
  void longWordsAreCut() {
    String name = "n".repeat(5000);
    Outcome outcome = explain(TWO_PARTS.replace("\"a.exe\"", '"' + name + '"'));
    assertThat(outcome.lines()).allMatch(line -> line.length() < 1500);
  }

  // JSON

  @Test
  void jsonHasAlwaysTheSameMembers() throws IOException {
    List<String> expected =
        List.of(
            "path",
            "verdict",
            "threats",
            "reasons",
            "failure",
            "id",
            "size",
            "parts",
            "guessed",
            "plain",
            "odd",
            "productions",
            "answer",
            "views",
            "rules",
            "candidates",
            "scanners",
            "notes",
            "ms");
    for (String mail : List.of(TWO_PARTS, "Subject: x\n\nhello\n", "")) {
      Outcome outcome = site.qscan("explain", "--json", site.write("mail", mail).toString());
      assertThat(outcome.out()).hasLineCount(1);
      assertThat(object(outcome.out()).keySet()).containsExactlyElementsOf(expected);
    }
    Outcome missing = site.qscan("explain", "--json", "/missing");
    assertThat(object(missing.out()).keySet()).containsExactlyElementsOf(expected);
    assertThat(object(missing.out()))
        .containsEntry("failure", "there is no such file")
        .containsEntry("verdict", "failed");
    assertThat(missing.code()).isEqualTo(2);
  }

  @Test
  @SuppressWarnings("unchecked")
  void jsonTellsWhatTheTextTells() throws IOException {
    site.script("sweep", SWEEP_THAT_NAMES_FILES);
    Outcome outcome =
        site.qscan("explain", "--json", site.write("mail", TWO_BOUNDARIES).toString());
    Map<String, Object> all = object(outcome.out());
    assertThat(all)
        .containsEntry("verdict", "infected")
        .containsEntry("threats", List.of("Test"))
        .containsEntry("size", 297L)
        .containsEntry(
            "answer",
            Map.of("decision", "refuse", "exit", 39L, "smtp", "554 5.7.1", "bounce", "queue"));
    assertThat((List<Map<String, Object>>) all.get("rules"))
        .anySatisfy(rule ->
            assertThat(rule)
                .containsEntry("rule", "boundary-conflict")
                .containsEntry("tier", "refuse")
                .containsEntry("refuses", true)
                .containsEntry("file", null)
                .containsEntry("line", 3L)
                .containsEntry("text", "Content-Type: multipart/mixed; boundary=b; boundary=c"));
    List<Map<String, Object>> views =
        (List<Map<String, Object>>) Objects.requireNonNull(all.get("views"));
    assertThat(views).extracting("view").containsExactly("raw", "mime4j", "generous");
    assertThat(views).allSatisfy(view -> assertThat(view.get("ms")).isInstanceOf(Long.class));
    List<Map<String, Object>> parts = (List<Map<String, Object>>) views.get(2).get("parts");
    assertThat(parts)
        .anySatisfy(part ->
            assertThat(part)
                .containsEntry("name", "a.exe")
                .containsEntry("type", "application/octet-stream")
                .containsEntry("how", "base64")
                .containsEntry("size", 15L)
                .containsEntry(
                    "found",
                    List.of(
                        Map.of(
                            "scanner",
                            "sweep",
                            "threats",
                            List.of("Test"),
                            "reasons",
                            List.of()))));
    assertThat((List<Map<String, Object>>) all.get("scanners"))
        .singleElement()
        .satisfies(scanner ->
            assertThat(scanner)
                .containsEntry("scanner", "sweep")
                .containsEntry("verdict", "infected"));
    assertThat(outcome.code()).isEqualTo(1);
  }

  /** A declared part, uuencode in it, and base64 of an archive that nobody announced. */
  private static final String OF_ALL_KINDS =
      """
      Subject: test
      Content-Type: multipart/mixed; boundary=b

      --b
      Content-Type: text/plain

      begin 644 u.bin
      #86)C
      `
      end
      --b
      Content-Type: text/plain

      UEsDBBQAAAAIAAAAIQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
      --b
      Content-Type: application/octet-stream
      Content-Transfer-Encoding: base64

      dGhpcy1pcy1hLXZpcnVz
      --b--
      """;

  @Test
  void eachPartHasItsKindAndItsPathFromTheTop() {
    site.configure("extractors=generous");
    assertThat(explain(OF_ALL_KINDS).lines())
        .anyMatch(line ->
            line.endsWith(
                ": 15 bytes, type \"application/octet-stream\","
                    + " read as \"base64\", declared, path \"4 base64\""))
        .anyMatch(line ->
            line.contains(": 3 bytes, ")
                && line.endsWith(
                    ", lenient (A uuencoded file begins in text)," + " path \"2 uuencode\""))
        .anyMatch(line -> line.endsWith(", guessed, path \"3 base64\""));
  }

  @Test
  @SuppressWarnings("unchecked")
  void theSameStandsInJson() throws IOException {
    site.configure("extractors=mime4j,generous");
    Map<String, Object> all =
        object(site.qscan("explain", "--json", site.write("mail", OF_ALL_KINDS).toString()).out());
    List<Map<String, Object>> views =
        (List<Map<String, Object>>) Objects.requireNonNull(all.get("views"));
    assertThat((List<Map<String, Object>>) views.get(1).get("parts"))
        .allSatisfy(part ->
            assertThat(part)
                .containsEntry("kind", null)
                .containsEntry("departures", List.of())
                .containsEntry("path", null));
    assertThat((List<Map<String, Object>>) views.get(2).get("parts"))
        .anySatisfy(part ->
            assertThat(part)
                .containsEntry("kind", "lenient")
                .containsEntry("departures", List.of("A uuencoded file begins in text"))
                .containsEntry("path", "2 uuencode"))
        .anySatisfy(part -> assertThat(part).containsEntry("kind", "guessed"));
  }

  @Test
  void theManualPageHasEveryMember() throws IOException {
    site.script("sweep", SWEEP_THAT_NAMES_FILES);
    String mail = TWO_BOUNDARIES;
    Outcome outcome = site.qscan("explain", "--json", site.write("mail", mail).toString());
    Set<String> members = new TreeSet<>();
    try (JsonParser json = Json.FACTORY.createParser(outcome.out())) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.FIELD_NAME) {
          members.add(json.currentName());
        }
      }
    }
    String page = ManualPage.read("man8/qscan.8").section("COMMANDS").text();
    String explain = page.substring(page.indexOf(".SS explain"), page.indexOf(".SS check"));
    assertThat(members).hasSizeGreaterThan(30);
    assertThat(List.of(explain.split("[^a-z]+"))).containsAll(members);
  }

  /** Enough of a reader for objects, arrays, texts and whole numbers. */
  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(String text) throws IOException {
    try (JsonParser json = Json.FACTORY.createParser(text)) {
      json.nextToken();
      return (Map<String, Object>) Objects.requireNonNull(value(json));
    }
  }

  private static @Nullable Object value(JsonParser json) throws IOException {
    switch (json.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> object = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
          String name = json.currentName();
          json.nextToken();
          object.put(name, value(json));
        }
        return object;
      }
      case START_ARRAY -> {
        List<Object> array = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(json));
        }
        return array;
      }
      case VALUE_NUMBER_INT -> {
        return json.getLongValue();
      }
      case VALUE_TRUE, VALUE_FALSE -> {
        return json.getBooleanValue();
      }
      case VALUE_NULL -> {
        return null;
      }
      default -> {
        return json.getText();
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static List<String> names(String json) throws IOException {
    return ((List<Map<String, Object>>) Objects.requireNonNull(object(json).get("candidates")))
        .stream().map(candidate -> (String) candidate.get("name")).toList();
  }

  // Where the message comes from

  @Test
  void aMessageCanComeFromStandardInput() {
    InputStream before = System.in;
    try {
      System.setIn(
          new ByteArrayInputStream(
              "Subject: x\n\nthis-is-a-virus\n".getBytes(StandardCharsets.UTF_8)));
      Outcome outcome = site.qscan("explain", "-");
      assertThat(outcome.lines()).contains("file \"-\"", "verdict INFECTED Test-A, Test-B");
      assertThat(outcome.code()).isEqualTo(1);
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void whatIsNoMessageIsAFailureInASentence() {
    assertThat(site.qscan("explain", site.root.toString()).lines())
        .contains("verdict FAILED: is a directory: name a message");
    assertThat(site.qscan("explain", "/missing").lines())
        .contains("verdict FAILED: there is no such file");
    assertThat(site.qscan("explain", "/missing").code()).isEqualTo(2);
    assertThat(site.qscan("explain").code()).isEqualTo(2);
    assertThat(site.qscan("explain", "a", "b").code()).isEqualTo(2);
  }

  @Test
  void aWorkDirectoryThatCannotBeUsedIsAFailure() throws IOException {
    Files.setPosixFilePermissions(
        site.work(), java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
    Outcome outcome = explain(TWO_PARTS);
    assertThat(outcome.out()).contains("verdict FAILED: work.directory ");
    assertThat(outcome.code()).isEqualTo(2);
  }

  @Test
  void withoutASlotNobodyIsAsked() throws Exception {
    site.script("sweep", "touch '" + site.root + "/asked'; exit 0");
    site.configure("extractors=generous", "gate.slots=1", "gate.patience=1s");
    WorkDirectory work = WorkDirectory.open(site.work(), false);
    try (SessionLease other = work.enter();
        Slot held = new Gate(work, 1, ProcessTree::end).enter(other, Duration.ofMinutes(1))) {
      assertThat(held).isNotNull();
      Outcome outcome = explain(TWO_PARTS);
      assertThat(outcome.code()).isEqualTo(2);
      assertThat(outcome.out())
          .contains("verdict FAILED: ", "gate.patience")
          .contains("view generous");
      assertThat(site.root.resolve("asked")).doesNotExist();
    }
  }

  // Names that some mail program would show

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Disposition: attachment; filename=file.zip",
        "Content-Disposition: attachment; filename=\"file.zip\"; filename=other.txt",
        "Content-Disposition: attachment; filename=other.txt; filename=\"file.zip\"",
        "Content-Disposition: attachment; filename*=utf-8''file%2ezip",
        "Content-Disposition: attachment; filename*0=fi; filename*1=le.zip",
        "Content-Disposition: attachment; filename*1=le.zip; filename*0=fi",
        "Content-Disposition: attachment; filename*0*=utf-8''fi; filename*1*=le%2ezip",
        "Content-Disposition: attachment; filename=\"=?utf-8?B?ZmlsZS56aXA=?=\"",
        "Content-Disposition: attachment; filename==?utf-8?Q?file=2ezip?=",
        "Content-Disposition: attachment; filename=\"fi\\le.zip\"",
        "Content-Disposition: attachment; filename(x)=file.zip",
        "Content-Disposition: attachment;\n filename=\n \"file.zip\"",
        "Content-Type: application/zip; name=file.zip\nContent-Disposition: attachment; filename=x",
        "Content-Type: application/zip;name=\"file.zip",
      })
  void everyNameThatAMailProgramMightShowIsTold(String header) {
    Outcome outcome =
        explain(
            "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
                + header
                + "\n\nhello\n--b--\n");
    assertThat(outcome.lines())
        .anyMatch(line -> line.matches("name \"file\\.zip\" known to (mime4j, )?generous"));
  }

  @Test
  void namesWithinEncodedMailAndOfOtherEncodingsAreToldAsWell() {
    String inner = "Content-Type: application/zip; name=inner.zip\n\nx\n";
    Outcome outcome =
        explain(
            "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
                + "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
                + base64(inner)
                + "\n--b\n\nbegin 644 uu.zip\n#86)C\n`\nend\n--b\n\n"
                + "=ybegin line=128 size=3 name=yenc.zip\nabc\n=yend size=3\n--b--\n");
    assertThat(outcome.lines())
        .contains("name \"inner.zip\" known to mime4j, generous")
        .contains("name \"uu.zip\" known to generous")
        .contains("name \"yenc.zip\" known to generous");
  }

  /**
   * The 176 mails of github.com/noxxi/mime-is-broken that hide the name of a file.zip, where {@code
   * QSCAN_MIME_CORPUS} names a copy.
   */
  @Test
  void everyHiddenNameOfTheCorpusIsTold() throws IOException {
    String place = System.getenv("QSCAN_MIME_CORPUS");
    assumeTrue(
        place != null, "QSCAN_MIME_CORPUS does not name a copy of noxxi/mime-is-broken: no score");
    List<Path> mails;
    try (Stream<Path> files = Files.walk(Path.of(place).resolve("hide-filename.d"))) {
      mails = files.filter(Files::isRegularFile).toList();
    }
    List<Path> missed = new ArrayList<>();
    for (Path mail : mails) {
      Outcome outcome = site.qscan("explain", "--json", mail.toString());
      boolean picture = Files.readString(mail, StandardCharsets.ISO_8859_1).contains(".png 2022");
      String hidden = picture ? "file.png" : "file;?[.]zip"; // as HiddenContentTest has it
      if (names(outcome.out()).stream().noneMatch(name -> name.matches(hidden))) {
        missed.add(mail);
      }
    }
    assertThat(missed).isEmpty();
    assertThat(mails).hasSizeGreaterThanOrEqualTo(176);
  }
}
