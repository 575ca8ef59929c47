package org.qscan.engine.scan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.Verdict;

/**
 * Collects what scanners say about one message, and decides what the result is; no other class
 * does. A threat is a finding, whatever else is missing. A gap without a threat is a failure. After
 * that, the reasons count. Only if there is none of these, the message is clean. For one thread.
 */
public final class Tally {

  private final Set<String> threats = new LinkedHashSet<>();
  private final EnumSet<Verdict.Reason> reasons = EnumSet.noneOf(Verdict.Reason.class);
  private final List<String> gaps = new ArrayList<>();
  private final Set<String> notes = new LinkedHashSet<>(); // a thousand files may say the same
  private final List<FileFinding> files = new ArrayList<>();
  private final Set<String> limits = new LinkedHashSet<>();

  /** A threat was found. */
  public void threat(String name) {
    threats.add(name);
  }

  /** A part cannot be scanned, for this reason. */
  public void reason(Verdict.Reason reason) {
    reasons.add(reason);
  }

  /**
   * A part is over a limit, and it will be the next time as well.
   *
   * @param sentence which limit, with the key and the file that set it
   */
  public void limit(String sentence) {
    reasons.add(Verdict.Reason.LIMIT);
    limits.add(sentence);
  }

  /**
   * A part was not scanned, or the scanner did not answer for it.
   *
   * @param sentence which part, and what to check
   */
  public void gap(String sentence) {
    gaps.add(sentence);
  }

  /** Adds something that the operator should know. */
  public void note(String sentence) {
    notes.add(sentence);
  }

  /** Adds what the scanner said about a file. */
  public void file(FileFinding finding) {
    files.add(finding);
  }

  /**
   * Adds the content of this tally to another one, as findings about a file; adds nothing if this
   * one is empty.
   *
   * @param file absolute
   */
  public void addSaidTo(Tally other, Path file) {
    if (hasThreats() || hasReasons()) {
      other.file(new FileFinding(file.toString(), threats(), List.copyOf(reasons)));
    }
  }

  /** Adds the threats and reasons of a finding, without its gaps and notes. */
  public void addVerdict(Finding finding) {
    threats.addAll(finding.threats());
    reasons.addAll(finding.reasons());
    limits.addAll(finding.limits());
  }

  /** Adds everything from another tally. */
  public void add(Tally other) {
    threats.addAll(other.threats);
    reasons.addAll(other.reasons);
    gaps.addAll(other.gaps);
    notes.addAll(other.notes);
    files.addAll(other.files);
    limits.addAll(other.limits);
  }

  /** The threats so far. */
  public List<String> threats() {
    return List.copyOf(threats);
  }

  /** Whether the result is clean or infected, without any reason or gap. */
  public boolean isCertain() {
    return reasons.isEmpty() && gaps.isEmpty() && notes.isEmpty();
  }

  /**
   * Adds the reasons, limits and gaps of this tally to another one.
   *
   * @param before a text that is put before each limit and gap
   */
  public void addTo(Tally other, String before) {
    other.reasons.addAll(reasons);
    for (String limit : limits) {
      other.limits.add(before + limit);
    }
    for (String gap : gaps) {
      other.gaps.add(before + gap);
    }
  }

  /** Whether there is a threat. */
  public boolean hasThreats() {
    return !threats.isEmpty();
  }

  /**
   * Whether there is a gap: a part that was not scanned, or that the scanner did not answer for.
   */
  public boolean hasGaps() {
    return !gaps.isEmpty();
  }

  /** The first gap. There must be one. */
  public String firstGap() {
    return gaps.get(0);
  }

  /** Whether there is a reason. */
  public boolean hasReasons() {
    return !reasons.isEmpty();
  }

  /**
   * The result.
   *
   * @throws ScanFailure the first gap, if nothing was found
   */
  public Finding finding() throws ScanFailure {
    if (threats.isEmpty() && !gaps.isEmpty()) {
      throw new ScanFailure(gaps.get(0));
    }
    return new Finding(
        List.copyOf(threats),
        List.copyOf(reasons),
        gaps,
        List.copyOf(notes),
        files,
        List.copyOf(limits));
  }
}
