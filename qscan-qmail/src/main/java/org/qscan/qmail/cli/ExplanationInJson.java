package org.qscan.qmail.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.Explanation;
import org.qscan.engine.Verdict;
import org.qscan.engine.extract.FiredRule;
import org.qscan.engine.extract.Insight;
import org.qscan.engine.extract.SeenPart;
import org.qscan.engine.extract.SeenView;
import org.qscan.engine.plain.Plainness;
import org.qscan.engine.scan.Finding;
import org.qscan.engine.scan.ScannerReport;

/** One JSON object, always with the same members. They are documented in qscan(8). */
final class ExplanationInJson {

  private final JsonGenerator json;
  private final Explanation explanation;

  private ExplanationInJson(JsonGenerator json, Explanation explanation) {
    this.json = json;
    this.explanation = explanation;
  }

  static String of(Explained explained) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = Json.FACTORY.createGenerator(text)) {
      new ExplanationInJson(json, explained.explanation()).write(explained);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter does not fail
    }
    return text.toString();
  }

  private void write(Explained explained) throws IOException {
    FileOutcome judged = explained.judged();
    json.writeStartObject();
    json.writeStringField("path", judged.file().toString());
    json.writeStringField("verdict", small(judged.exit()));
    Json.write(json, "threats", judged.outcome().threats());
    Json.write(json, "reasons", judged.outcome().reasons());
    Json.writeOrNull(json, "failure", judged.outcome().failure());
    json.writeStringField("id", judged.facts().id());
    json.writeNumberField("size", judged.facts().size());
    json.writeNumberField("parts", judged.facts().parts());
    json.writeNumberField("guessed", judged.facts().guessed());
    form(explanation.form());
    answer(explained.answer());
    json.writeArrayFieldStart("views");
    for (SeenView view : explanation.views()) {
      view(view);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("rules");
    for (FiredRule rule : explanation.rules()) {
      rule(rule);
    }
    json.writeEndArray();
    candidates();
    json.writeArrayFieldStart("scanners");
    for (ScannerReport report : explanation.reports()) {
      scanner(report);
    }
    json.writeEndArray();
    Json.write(json, "notes", judged.facts().notes());
    Json.writeTimes(json, judged.facts());
    json.writeEndObject();
  }

  private static String small(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private void form(@Nullable Plainness form) throws IOException {
    if (form == null) {
      json.writeNullField("plain");
      json.writeNullField("odd");
      Json.write(json, "productions", List.of());
    } else {
      json.writeBooleanField("plain", form.isPlain());
      Json.writeOrNull(json, "odd", form.isPlain() ? null : form.inWords());
      Json.write(json, "productions", form.productions());
    }
  }

  private void answer(FrontEndAnswer answer) throws IOException {
    json.writeObjectFieldStart("answer");
    json.writeStringField("decision", small(answer.decision().fate()));
    if (answer.exit() == null) {
      json.writeNullField("exit");
    } else {
      json.writeNumberField("exit", answer.exit());
    }
    Json.writeOrNull(json, "smtp", answer.smtp());
    json.writeStringField("bounce", small(answer.bounce().fate()));
    json.writeEndObject();
  }

  private void view(SeenView view) throws IOException {
    json.writeStartObject();
    json.writeStringField("view", view.view());
    json.writeStringField("outcome", small(view.outcome()));
    Json.writeOrNull(json, "why", view.why());
    json.writeNumberField("ms", view.took().toMillis());
    json.writeArrayFieldStart("parts");
    for (SeenPart part : view.parts()) {
      part(part);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void part(SeenPart part) throws IOException {
    json.writeStartObject();
    json.writeStringField("file", part.file());
    Json.writeOrNull(json, "name", part.name());
    Json.writeOrNull(json, "type", part.type());
    Json.writeOrNull(json, "how", part.how());
    Insight.PartOrigin origin = part.origin();
    Json.writeOrNull(json, "kind", origin == null ? null : origin.kind());
    Json.write(json, "departures", origin == null ? List.of() : origin.departures());
    Json.writeOrNull(json, "path", origin == null ? null : origin.path());
    json.writeNumberField("size", part.size());
    json.writeArrayFieldStart("found");
    for (Explanation.Opinion opinion : explanation.opinions(part)) {
      json.writeStartObject();
      json.writeStringField("scanner", opinion.scanner());
      Json.write(json, "threats", opinion.threats());
      Json.write(json, "reasons", texts(opinion.reasons()));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static List<String> texts(List<Verdict.Reason> reasons) {
    return reasons.stream().map(Verdict.Reason::text).toList();
  }

  private void rule(FiredRule rule) throws IOException {
    json.writeStartObject();
    json.writeStringField("rule", rule.rule());
    json.writeStringField("tier", rule.tier());
    json.writeBooleanField("refuses", rule.refuses());
    Json.writeOrNull(json, "file", rule.file());
    json.writeNumberField("line", rule.line());
    json.writeStringField("text", rule.text());
    json.writeStringField("meaning", rule.meaning());
    json.writeEndObject();
  }

  private void candidates() throws IOException {
    json.writeArrayFieldStart("candidates");
    for (Map.Entry<String, Set<String>> candidate : explanation.candidates().entrySet()) {
      json.writeStartObject();
      json.writeStringField("name", candidate.getKey());
      Json.write(json, "views", candidate.getValue());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void scanner(ScannerReport report) throws IOException {
    Finding finding = report.finding();
    json.writeStartObject();
    json.writeStringField("scanner", report.scanner());
    json.writeStringField(
        "verdict", small(finding == null ? ScanExit.FAILED : ScanExit.of(finding.verdict())));
    Json.write(json, "threats", finding == null ? List.of() : finding.threats());
    Json.write(json, "reasons", texts(finding == null ? List.of() : finding.reasons()));
    Json.writeOrNull(json, "failure", report.failure());
    json.writeNumberField("ms", report.millis());
    json.writeEndObject();
  }
}
