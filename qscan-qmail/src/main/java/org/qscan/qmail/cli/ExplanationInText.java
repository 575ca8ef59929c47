package org.qscan.qmail.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.Explanation;
import org.qscan.engine.Facts;
import org.qscan.engine.LogLine;
import org.qscan.engine.Verdict;
import org.qscan.engine.extract.FiredRule;
import org.qscan.engine.extract.Insight;
import org.qscan.engine.extract.SeenPart;
import org.qscan.engine.extract.SeenView;
import org.qscan.engine.plain.Plainness;
import org.qscan.engine.scan.Finding;
import org.qscan.engine.scan.ScannerReport;
import org.qscan.qmail.Decision;

/**
 * An explanation in lines of text. Each line begins with one of our words, perhaps after blanks.
 * Text from the sender is in double quotes and escaped as in the log, so that it cannot begin a
 * line, end a quote or move the cursor.
 */
final class ExplanationInText {

  private static final int LONGEST_SENTENCE = 500;

  private final List<String> lines = new ArrayList<>();
  private final Explanation explanation;

  private ExplanationInText(Explanation explanation) {
    this.explanation = explanation;
  }

  static List<String> of(Explained explained) {
    ExplanationInText text = new ExplanationInText(explained.explanation());
    text.write(explained.judged(), explained.answer());
    return text.lines;
  }

  private void write(FileOutcome judged, FrontEndAnswer answer) {
    lines.add("file " + quoted(judged.file().toString()));
    lines.add(
        "verdict "
            + verdict(judged.exit(), judged.outcome().threats(), judged.outcome().reasons())
            + sentence(judged.outcome().failure()));
    answer(answer);
    Plainness form = explanation.form();
    if (form != null) {
      lines.add("form " + form.inWords());
      for (String production : form.productions()) {
        lines.add("  needs " + production);
      }
    }
    explanation.views().forEach(this::view);
    explanation.rules().forEach(this::rule);
    explanation
        .candidates()
        .forEach((name, views) ->
            lines.add("name " + quoted(name) + " known to " + String.join(", ", views)));
    explanation.reports().forEach(this::scanner);
    times(judged.facts());
    for (String note : judged.facts().notes()) {
      lines.add("note " + LogLine.escape(note, LONGEST_SENTENCE));
    }
  }

  private void answer(FrontEndAnswer answer) {
    lines.add("answer " + small(answer.decision().fate()));
    lines.add(
        "  qscan-queue and qscan-client: "
            + (answer.exit() == null
                ? "the exit code of the real qmail-queue"
                : "exit code " + answer.exit()));
    lines.add(
        "  VirusScanHook: "
            + (answer.smtp() == null ? "lets it pass" : "answers " + answer.smtp()));
    Decision bounce = answer.bounce();
    if (bounce.fate() != answer.decision().fate()) {
      lines.add(
          "  as a bounce of qmail-send itself: "
              + small(bounce.fate())
              + ", by "
              + LogLine.escape(bounce.reason(), LogLine.LONGEST));
    }
  }

  private void view(SeenView view) {
    lines.add(
        "view "
            + view.view()
            + ": "
            + small(view.outcome())
            + ", "
            + count(view.parts().size(), "part")
            + (view.view().equals("raw") ? "" : " (" + view.took().toMillis() + " ms)")
            + sentence(view.why()));
    view.parts().forEach(this::part);
  }

  private void part(SeenPart part) {
    lines.add(
        "  part "
            + part.file()
            + ": "
            + count(part.size(), "byte")
            + given("name", part.name())
            + given("type", part.type())
            + given("read as", part.how())
            + origin(part.origin()));
    for (Explanation.Opinion opinion : explanation.opinions(part)) {
      lines.add(
          "    "
              + opinion.scanner()
              + ": "
              + verdict(
                  opinion.threats().isEmpty() ? ScanExit.UNSCANNABLE : ScanExit.INFECTED,
                  opinion.threats(),
                  texts(opinion.reasons())));
    }
  }

  private static String origin(Insight.@Nullable PartOrigin origin) {
    if (origin == null) {
      return "";
    }
    String why = String.join("; ", origin.departures());
    return ", "
        + origin.kind()
        + (why.isEmpty() ? "" : " (" + why + ")")
        + given("path", origin.path());
  }

  private void rule(FiredRule rule) {
    lines.add(
        "rule "
            + rule.rule()
            + ": "
            + rule.tier()
            + (rule.refuses() || !rule.tier().equals("refuse")
                ? ""
                : " (not enforced: mime.mode=monitor)")
            + ", line "
            + rule.line()
            + (rule.file().isEmpty() ? " of the message" : " of part " + rule.file())
            + ": "
            + rule.meaning());
    if (!rule.text().isEmpty()) {
      lines.add("  text " + quoted(rule.text()));
    }
  }

  private void scanner(ScannerReport report) {
    Finding finding = report.finding();
    List<String> threats = finding == null ? List.of() : finding.threats();
    List<String> reasons = finding == null ? List.of() : texts(finding.reasons());
    lines.add(
        "scanner "
            + report.scanner()
            + ": "
            + verdict(
                finding == null ? ScanExit.FAILED : ScanExit.of(finding.verdict()),
                threats,
                reasons)
            + sentence(report.failure())
            + " ("
            + report.millis()
            + " ms)");
  }

  private void times(Facts facts) {
    lines.add(
        "time receive "
            + facts.timings().receive().toMillis()
            + " ms, extract "
            + facts.timings().extract().toMillis()
            + " ms, wait "
            + facts.timings().waiting().toMillis()
            + " ms, scan "
            + facts.timings().scan().toMillis()
            + " ms, total "
            + facts.timings().total().toMillis()
            + " ms");
  }

  private static String verdict(ScanExit exit, List<String> threats, List<String> reasons) {
    List<String> words = exit == ScanExit.INFECTED ? threats : reasons;
    return exit.name()
        + words.stream()
            .map(word -> LogLine.escape(word, LogLine.LONGEST))
            .collect(Collectors.joining(", ", words.isEmpty() ? "" : " ", ""));
  }

  private static List<String> texts(List<Verdict.Reason> reasons) {
    return reasons.stream().map(Verdict.Reason::text).toList();
  }

  private static String count(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  private static String given(String what, @Nullable String value) {
    return value == null || value.isEmpty() ? "" : ", " + what + " " + quoted(value);
  }

  /** Escapes a sentence of ours, which may contain words of others. */
  private static String sentence(String text) {
    return text.isEmpty() ? "" : ": " + LogLine.escape(text, LONGEST_SENTENCE);
  }

  private static String quoted(String text) {
    return '"' + LogLine.escape(text, LogLine.LONGEST) + '"';
  }

  private static String small(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
