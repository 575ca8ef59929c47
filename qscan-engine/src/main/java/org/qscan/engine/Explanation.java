package org.qscan.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.extract.FiredRule;
import org.qscan.engine.extract.SeenPart;
import org.qscan.engine.extract.SeenView;
import org.qscan.engine.plain.Plainness;
import org.qscan.engine.scan.FileFinding;
import org.qscan.engine.scan.Finding;
import org.qscan.engine.scan.ScannerReport;

/**
 * Everything that QScan saw of a message, for a person who asks why it got its verdict. Text that
 * comes from the sender is not escaped here: escape it before use.
 *
 * @param outcome what the message is, or why that could not be found out
 * @param form whether its octets can be read in one way only; null if the message could not be read
 * @param views what each reader has seen
 * @param reports what each scanner says
 * @param directory the absolute path where the files of the views were; removed with the session
 */
public record Explanation(
    Outcome outcome,
    @Nullable Plainness form,
    List<SeenView> views,
    List<ScannerReport> reports,
    Path directory) {

  /**
   * What a scanner says about a part, if it says more than that the part is clean.
   *
   * @param scanner its name
   * @param threats what it found there
   * @param reasons why it could not scan the part
   */
  public record Opinion(String scanner, List<String> threats, List<Verdict.Reason> reasons) {

    public Opinion {
      threats = List.copyOf(threats);
      reasons = List.copyOf(reasons);
    }
  }

  public Explanation {
    views = List.copyOf(views);
    reports = List.copyOf(reports);
  }

  /**
   * The explanation of a message of which nothing was seen.
   *
   * @param failure a sentence that says why
   */
  public static Explanation failed(String failure) {
    return new Explanation(
        Outcome.failed(failure), null, List.of(), List.of(), Path.of("").toAbsolutePath());
  }

  /** The rules that fired in any view. */
  public List<FiredRule> rules() {
    List<FiredRule> rules = new ArrayList<>();
    views.forEach(view -> rules.addAll(view.rules()));
    return rules;
  }

  /** Each file name that some mail program could show, with the views that found it. */
  public Map<String, Set<String>> candidates() {
    Map<String, Set<String>> candidates = new LinkedHashMap<>();
    for (SeenView view : views) {
      for (String name : view.names()) {
        candidates.computeIfAbsent(name, any -> new LinkedHashSet<>()).add(view.view());
      }
    }
    return candidates;
  }

  /**
   * What the scanners say about a part. A scanner that is a program need not name files. If it does
   * not, it has no opinion on any part, and only its report tells what it found.
   */
  public List<Opinion> opinions(SeenPart part) {
    Path file = directory.resolve(part.file());
    List<Opinion> opinions = new ArrayList<>();
    for (ScannerReport report : reports) {
      Set<String> threats = new LinkedHashSet<>();
      Set<Verdict.Reason> reasons = new LinkedHashSet<>();
      Finding finding = report.finding();
      for (FileFinding found : finding == null ? List.<FileFinding>of() : finding.files()) {
        if (found.isOf(file)) {
          threats.addAll(found.threats());
          reasons.addAll(found.reasons());
        }
      }
      if (!threats.isEmpty() || !reasons.isEmpty()) {
        opinions.add(new Opinion(report.scanner(), List.copyOf(threats), List.copyOf(reasons)));
      }
    }
    return opinions;
  }
}
