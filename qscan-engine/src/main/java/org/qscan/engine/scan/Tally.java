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
 * Collects what is said of one message, and is the one place that decides what it comes to: a
 * threat is a finding whatever else is missing; a gap without a threat is a failure; then the
 * reasons count; and only where there is nothing at all the message is clean. For one thread.
 */
public final class Tally {

  private final Set<String> threats = new LinkedHashSet<>();
  private final EnumSet<Verdict.Reason> reasons = EnumSet.noneOf(Verdict.Reason.class);
  private final List<String> gaps = new ArrayList<>();
  private final Set<String> notes = new LinkedHashSet<>(); // a thousand files may say the same
  private final List<FileFinding> files = new ArrayList<>();
  private final Set<String> limits = new LinkedHashSet<>();

  /** Something was found. */
  public void threat(String name) {
    threats.add(name);
  }

  /** Something cannot be looked into. */
  public void reason(Verdict.Reason reason) {
    reasons.add(reason);
  }

  /**
   * Something is over a limit, and will be the next time as well.
   *
   * @param sentence which limit, with the key and the file that set it
   */
  public void limit(String sentence) {
    reasons.add(Verdict.Reason.LIMIT);
    limits.add(sentence);
  }

  /**
   * Something was not scanned, or not answered for.
   *
   * @param sentence what, and what to check
   */
  public void gap(String sentence) {
    gaps.add(sentence);
  }

  /** Good to know. */
  public void note(String sentence) {
    notes.add(sentence);
  }

  /** What was said of a file. */
  public void file(FileFinding finding) {
    files.add(finding);
  }

  /**
   * What this has found, as said of a file; nothing if it has found nothing.
   *
   * @param file absolute
   */
  public void addSaidTo(Tally other, Path file) {
    if (hasThreats() || hasReasons()) {
      other.file(new FileFinding(file.toString(), threats(), List.copyOf(reasons)));
    }
  }

  /** The verdict of another finding, without its gaps and notes. */
  public void addVerdict(Finding finding) {
    threats.addAll(finding.threats());
    reasons.addAll(finding.reasons());
    limits.addAll(finding.limits());
  }

  /** All that another has collected. */
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

  /** Whether it says clean or infected and nothing beside that. */
  public boolean isCertain() {
    return reasons.isEmpty() && gaps.isEmpty() && notes.isEmpty();
  }

  /**
   * Adds reasons, limits and gaps of this to another.
   *
   * @param before put before each limit and gap
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

  /** Whether anything was found. */
  public boolean hasThreats() {
    return !threats.isEmpty();
  }

  /** Whether anything was not scanned, or not answered for. */
  public boolean hasGaps() {
    return !gaps.isEmpty();
  }

  /** The first thing that was not scanned; there is one. */
  public String firstGap() {
    return gaps.get(0);
  }

  /** Whether anything could not be looked into. */
  public boolean hasReasons() {
    return !reasons.isEmpty();
  }

  /**
   * What it comes to.
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
