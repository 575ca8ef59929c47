package org.qscan.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;
import org.qscan.engine.testing.FakeClamd;
import org.qscan.engine.testing.FakeSavdi;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.testing.Outcomes;
import org.qscan.engine.testing.RealPrograms;

/** Where nothing needs files a message is judged without any, and just the same. */
class InMemoryTest {

  @TempDir Path scratch;
  private Path work = Path.of("/");
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final List<String> files = new CopyOnWriteArrayList<>();

  @BeforeEach
  void makeWorkDirectory() throws Exception {
    work = Files.createDirectory(scratch.resolve("work"));
  }

  private ScanReport scan(String mail, String... settings) throws Exception {
    Configuration configuration = Configuration.defaults();
    configuration.set(Key.WORK_DIRECTORY.text(), work.toString(), "test");
    configuration.set(Key.EXTRACTORS.text(), "mime4j,generous", "test");
    configuration.set(Key.CACHE_ENTRIES.text(), "0", "test");
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      configuration.set(setting.substring(0, equals), setting.substring(equals + 1), "test");
    }
    try (ScanSession session = ScanEngine.of(EngineConfig.from(configuration)).open()) {
      byte[] octets = Mails.octets(mail);
      session.receive(octets, octets.length);
      return Outcomes.report(session.scan());
    }
  }

  /** What lies in the work directory while a scanner is asked. */
  private List<String> lying() {
    List<String> lying = new ArrayList<>();
    try (Stream<Path> all = Files.walk(work)) {
      all.filter(Files::isRegularFile)
          .map(file -> work.relativize(file).toString())
          .filter(file -> !file.startsWith(".") && !file.endsWith("/.alive"))
          .forEach(lying::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lying;
  }

  private FakeClamd clamd() {
    return new FakeClamd(
        "unix:" + scratch.resolve("clamd"),
        (subject, data) -> {
          seen.add(data);
          files.addAll(lying());
          return subject + ": " + (data.startsWith("bad") ? "Bad FOUND" : "OK");
        });
  }

  private String[] clamdOnly(FakeClamd clamd) {
    return new String[] {
      "scanners=clamd", "clamd.transfer=data", "clamd.address=" + clamd.address()
    };
  }

  private static String mail(String content) {
    return Mails.multipart(Mails.text("hello"), Mails.attachment("filename=\"a.bin\"", content));
  }

  /** ripMIME's file has the extension that the sender gave it, Mime4j's part has none. */
  @ParameterizedTest
  @ValueSource(strings = {"data", "path"})
  void whatSeveralReadersSeeIsShownOnceWhateverItIsCalled(String transfer) throws Exception {
    try (FakeClamd clamd = clamd()) {
      scan(
          mail("good"),
          "scanners=clamd",
          "clamd.address=" + clamd.address(),
          "clamd.transfer=" + transfer,
          "ripmime.program=" + RealPrograms.require("ripmime"),
          "extractors=ripmime,mime4j,generous");
      assertThat(seen).filteredOn("good"::equals).hasSize(1);
    }
  }

  @Test
  void whatDiffersInBlankLinesAtItsEndIsShownOnceAtItsFullLength() throws Exception {
    try (FakeClamd clamd = clamd()) {
      scan(Mails.multipart(Mails.text("hello\n\n\n"), Mails.text("other")), clamdOnly(clamd));
      assertThat(seen).filteredOn(data -> data.strip().equals("hello")).hasSize(1);
      assertThat(seen).anyMatch(data -> data.startsWith("hello\n\n\n"));
    }
  }

  /** There a scanner looks for the kind of a file. */
  @Test
  void whatDiffersInBlankLinesAtItsBeginningIsShownInBothForms() throws Exception {
    try (FakeClamd clamd = clamd()) {
      String mail = Mails.multipart(Mails.text("\n\nbad"), Mails.text("other"));
      assertThat(scan(mail, clamdOnly(clamd)).verdict())
          .isEqualTo(new Verdict.Infected(List.of("Bad")));
    }
  }

  @Test
  void aScannerThatGetsTheDataFindsTheSameWithoutAFile() throws Exception {
    try (FakeClamd clamd = clamd()) {
      assertThat(scan(mail("good"), clamdOnly(clamd)).verdict()).isEqualTo(new Verdict.Clean());
      assertThat(seen).contains(mail("good"), "good");
      assertThat(files).isEmpty();
      assertThat(scan(mail("bad"), clamdOnly(clamd)).verdict())
          .isEqualTo(new Verdict.Infected(List.of("Bad")));
      assertThat(files).isEmpty();
      assertThat(lying()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"extract.memory=1KiB", "extractors=ripmime", "clamd.transfer=path"})
  void elseThereAreFilesAndTheSameIsFound(String setting) throws Exception {
    try (FakeClamd clamd = clamd()) {
      List<String> settings = new ArrayList<>(List.of(clamdOnly(clamd)));
      settings.add(setting);
      String content = "bad" + "x".repeat(5000);
      assertThat(scan(mail(content), settings.toArray(String[]::new)).verdict())
          .isEqualTo(new Verdict.Infected(List.of("Bad")));
      assertThat(files).isNotEmpty();
      assertThat(lying()).isEmpty();
    }
  }

  @Test
  void savdiGetsTheDataFromMemoryToo() throws Exception {
    try (FakeSavdi savdi =
        new FakeSavdi(
            "unix:" + scratch.resolve("savdi"),
            (path, data) -> {
              seen.add(data);
              files.addAll(lying());
              return FakeSavdi.CLEAN;
            })) {
      ScanReport report =
          scan(
              mail("good"),
              "scanners=savdi",
              "savdi.transfer=data",
              "savdi.address=" + savdi.address());
      assertThat(report.verdict()).isEqualTo(new Verdict.Clean());
      assertThat(seen).contains(mail("good"), "good");
      assertThat(files).isEmpty();
    }
  }

  @Test
  void whereNothingIsScannedNothingIsMadeInTheWorkDirectory() throws Exception {
    assertThat(scan(mail("good"), "scanners=none").verdict())
        .isInstanceOf(Verdict.Unscannable.class);
    try (Stream<Path> all = Files.walk(work)) {
      assertThat(all.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @Test
  void aPartThatEndsBeforeItsBodyBeginsIsReadAsInAFile() throws Exception {
    String mail =
        String.join(
            "\r\n",
            "Content-Type: multipart/mixed; boundary=b",
            "Content-Transfer-Encoding: base64",
            "(This file must be converted with BinHex 4.0)",
            "=ybegin line=128 size=5 name=a",
            "--c--\r\n",
            "   ",
            "--b--",
            "=yend size=5\r\n\r\n");
    List<List<String>> all = new ArrayList<>();
    for (String memory : List.of("1MiB", "1B")) {
      seen.clear();
      try (FakeClamd clamd = clamd()) {
        List<String> settings = new ArrayList<>(List.of(clamdOnly(clamd)));
        settings.addAll(List.of("mime.mode=monitor", "extract.memory=" + memory));
        assertThat(scan(mail, settings.toArray(String[]::new)).verdict())
            .isEqualTo(new Verdict.Clean());
      }
      // In memory, what differs at its end in blank lines only is shown once.
      all.add(seen.stream().map(String::stripTrailing).distinct().sorted().toList());
    }
    assertThat(all.get(0)).isNotEmpty().isEqualTo(all.get(1));
  }
}
