package org.qscan.engine.scan;

import java.util.ArrayList;
import java.util.List;
import org.qscan.engine.ScanFailure;

/**
 * The signatures that the site declares false ({@code ignore.threats}): names, in which {@code *}
 * stands for any text and {@code ?} for one character. An ignored threat is always noted in the
 * log.
 */
public final class IgnoredThreats {

  private final List<String> patterns;

  /** Ignores threats that match one of these names and patterns. */
  public IgnoredThreats(List<String> patterns) {
    this.patterns = List.copyOf(patterns);
  }

  /**
   * The finding without the ignored threats. If no threat is left, its reasons and gaps decide.
   *
   * @throws ScanFailure if no threat is left and something was not scanned
   */
  Finding leaveOut(Finding finding) throws ScanFailure {
    if (patterns.isEmpty() || finding.threats().isEmpty()) {
      return finding;
    }
    Tally tally = new Tally();
    for (String threat : finding.threats()) {
      if (matches(threat)) {
        tally.note("ignore.threats: " + threat + " was found and ignored");
      } else {
        tally.threat(threat);
      }
    }
    finding.reasons().forEach(tally::reason);
    finding.limits().forEach(tally::limit);
    finding.gaps().forEach(tally::gap);
    finding.notes().forEach(tally::note);
    finding.files().forEach(file -> leaveOut(file, tally));
    return tally.finding();
  }

  private void leaveOut(FileFinding file, Tally tally) {
    List<String> left = new ArrayList<>();
    for (String threat : file.threats()) {
      if (!matches(threat)) {
        left.add(threat);
      }
    }
    if (!left.isEmpty() || !file.reasons().isEmpty()) {
      tally.file(new FileFinding(file.words(), left, file.reasons()));
    }
  }

  private boolean matches(String threat) {
    for (String pattern : patterns) {
      if (matches(pattern, threat)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether the text matches. The search goes back to the last star only, so that its time is
   * limited to the length of the pattern times that of the text.
   */
  static boolean matches(String pattern, String text) {
    int p = 0;
    int t = 0;
    int star = -1;
    int retry = 0;
    while (t < text.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        retry = t;
      } else if (p < pattern.length()
          && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(t))) {
        p++;
        t++;
      } else if (star >= 0) {
        p = star + 1;
        t = ++retry;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
