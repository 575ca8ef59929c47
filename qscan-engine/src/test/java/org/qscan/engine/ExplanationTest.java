package org.qscan.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.extract.Extraction;
import org.qscan.engine.extract.SeenPart;
import org.qscan.engine.extract.SeenView;
import org.qscan.engine.testing.Engines;
import org.qscan.engine.testing.FakeClamd;
import org.qscan.engine.testing.FakeSweep;
import org.qscan.engine.testing.Outcomes;

/** What is told of a message beyond its verdict. */
class ExplanationTest {

  private static final String MAIL =
      """
      Content-Type: multipart/mixed; boundary=b; boundary=c

      --c

      --b
      Content-Type: application/octet-stream; name="bad.exe"
      Content-Transfer-Encoding: base64

      dGhpcy1pcy1iYWQtYW5kLXdpbGwtYmUtZm91bmQ=
      --b
      Content-Type: application/zip; name="shut.zip"
      Content-Transfer-Encoding: base64

      dGhpcy1pcy1zaHV0LWFuZC1jYW5ub3QtYmUtb3BlbmVk
      --b--
      """;

  @TempDir Path directory;
  private Path work = Path.of("/");

  @BeforeEach
  void makeWorkDirectory() throws IOException {
    work = Files.createDirectory(directory.resolve("work"));
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(work.toFile().list()).allMatch(name -> name.startsWith("."));
    assertThat(work.resolve(".live").toFile().list()).isEmpty();
  }

  private Explanation explain(String... settings) throws ScanFailure {
    return explain(FakeSweep.clean(directory), settings);
  }

  private Explanation explain(Path sweep, String... settings) throws ScanFailure {
    List<String> all = new ArrayList<>(List.of("extractors=mime4j,generous"));
    all.addAll(List.of(settings));
    EngineConfig config = Engines.config(work, sweep, all.toArray(String[]::new));
    try (ScanSession session = ScanEngine.of(config).open()) {
      session.receive(new ByteArrayInputStream(MAIL.getBytes(StandardCharsets.ISO_8859_1)));
      return session.explain();
    }
  }

  private static SeenPart part(Explanation explanation, String view, String name) {
    return explanation.views().stream()
        .filter(seen -> seen.view().equals(view))
        .flatMap(seen -> seen.parts().stream())
        .filter(part -> name.equals(part.name()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aDaemonsAnswerIsToldOfEachPart() throws Exception {
    String address = "unix:" + directory.resolve("clamd.sock");
    FakeClamd.Engine engine =
        (subject, data) -> {
          String kind = data.contains("this-is-bad") ? "Bad FOUND" : "OK";
          return subject
              + ": "
              + (data.contains("this-is-shut") ? "Heuristics.Encrypted.Zip FOUND" : kind);
        };
    try (FakeClamd clamd = new FakeClamd(address, engine)) {
      Explanation explanation =
          explain("scanners=clamd", "clamd.address=" + address, "clamd.transfer=data");
      assertThat(Outcomes.report(explanation.outcome()).verdict())
          .isEqualTo(new Verdict.Infected(List.of("Bad")));
      assertThat(explanation.opinions(part(explanation, "generous", "bad.exe")))
          .containsExactly(new Explanation.Opinion("clamd", List.of("Bad"), List.of()));
      assertThat(explanation.opinions(part(explanation, "generous", "shut.zip")))
          .containsExactly(
              new Explanation.Opinion("clamd", List.of(), List.of(Verdict.Reason.ENCRYPTED)));
      assertThat(clamd.commands()).isNotEmpty();
      SeenPart raw = explanation.views().get(0).parts().get(0);
      assertThat(raw.file()).isEqualTo("raw/1.eml");
      assertThat(explanation.opinions(raw)).isEmpty();
    }
  }

  @Test
  void allThatWasSeenIsThereThoughAScannerFails() throws Exception {
    Explanation explanation = explain(FakeSweep.exits(directory, 1, ""));
    assertThat(explanation.outcome()).isInstanceOf(Outcome.Failed.class);
    assertThat(explanation.outcome().failure()).contains("exit code 1");
    assertThat(explanation.views())
        .extracting(SeenView::view)
        .containsExactly("raw", "mime4j", "generous");
    assertThat(explanation.reports())
        .singleElement()
        .satisfies(report -> {
          assertThat(report.scanner()).isEqualTo("sweep");
          assertThat(report.finding()).isNull();
          assertThat(report.failure()).isEqualTo(explanation.outcome().failure());
        });
  }

  @Test
  void anExtractorThatFailsIsToldWithItsReason() throws Exception {
    Explanation explanation = explain("extractors=ripmime,generous", "ripmime.program=/bin/false");
    SeenView ripmime = explanation.views().get(1);
    assertThat(ripmime.outcome()).isEqualTo(Extraction.Result.FAILED);
    assertThat(ripmime.why()).contains("/bin/false");
    assertThat(explanation.outcome()).isInstanceOf(Outcome.Judged.class);
  }

  @Test
  void rulesAndNamesAreThereThoughALimitIsPassed() throws Exception {
    Explanation explanation = explain("extractors=generous", "extract.max-parts=2");
    assertThat(explanation.views().get(1).outcome()).isEqualTo(Extraction.Result.OVER_LIMIT);
    assertThat(Outcomes.report(explanation.outcome()).verdict())
        .isInstanceOf(Verdict.Unscannable.class);
  }

  @Test
  void theVerdictIsThatOfAScan() throws Exception {
    Explanation explanation = explain();
    EngineConfig config =
        Engines.config(work, FakeSweep.clean(directory), "extractors=mime4j,generous");
    try (ScanSession session = ScanEngine.of(config).open()) {
      session.receive(new ByteArrayInputStream(MAIL.getBytes(StandardCharsets.ISO_8859_1)));
      assertThat(Outcomes.report(session.scan()).verdict())
          .isEqualTo(Outcomes.report(explanation.outcome()).verdict());
    }
    assertThat(Outcomes.report(explanation.outcome()).verdict())
        .isInstanceOf(Verdict.Unscannable.class);
    assertThat(explanation.rules()).extracting(rule -> rule.rule()).contains("boundary-conflict");
    assertThat(explanation.candidates().get("bad.exe")).contains("generous");
  }
}
