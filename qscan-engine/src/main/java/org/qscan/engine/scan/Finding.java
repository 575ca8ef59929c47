package org.qscan.engine.scan;

import java.util.List;
import org.qscan.engine.Verdict;

/**
 * What a scanner says about a message. {@link Tally} makes it. A finding with gaps always has a
 * threat: a threat counts whatever else was not scanned, and without a threat a gap is a failure.
 *
 * @param threats the names of what was found, each once, as the scanner gave them
 * @param reasons why parts could not be looked into
 * @param gaps what was not scanned for a reason that is no verdict, a sentence each
 * @param notes what else the operator should know, like virus data that are out of date
 * @param files what the scanner said about single files, as far as it named them
 * @param limits if a limit is among the reasons: which one, in words, as far as the scanner named
 *     it
 */
public record Finding(
    List<String> threats,
    List<Verdict.Reason> reasons,
    List<String> gaps,
    List<String> notes,
    List<FileFinding> files,
    List<String> limits) {

  public Finding {
    threats = List.copyOf(threats);
    reasons = List.copyOf(reasons);
    gaps = List.copyOf(gaps);
    notes = List.copyOf(notes);
    files = List.copyOf(files);
    limits = List.copyOf(limits);
    if (threats.isEmpty() && !gaps.isEmpty()) {
      throw new IllegalArgumentException("neither a threat nor a failure: " + gaps);
    }
  }

  /** A finding without files and limits. */
  public Finding(
      List<String> threats, List<Verdict.Reason> reasons, List<String> gaps, List<String> notes) {
    this(threats, reasons, gaps, notes, List.of(), List.of());
  }

  /** Whether everything was scanned and nothing was found. */
  public boolean isSpotless() {
    return threats.isEmpty() && reasons.isEmpty() && gaps.isEmpty();
  }

  /** The verdict. A threat counts more than a reason. */
  public Verdict verdict() {
    if (!threats.isEmpty()) {
      return new Verdict.Infected(threats);
    }
    return reasons.isEmpty() ? new Verdict.Clean() : new Verdict.Unscannable(reasons);
  }
}
