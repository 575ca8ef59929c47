package org.qscan.engine.mime;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The boundaries that header fields declare. A line that begins with any of them separates parts,
 * whichever field declared it and whatever part the field is in.
 */
final class Boundaries {

  private static final int MOST_BOUNDARIES = 5000;
  private static final int LONGEST_BOUNDARY = 250;

  private final Meter meter;
  private final TreeSet<String> declared = new TreeSet<>();
  private final Set<String> met = new HashSet<>();

  Boundaries(Meter meter) {
    this.meter = meter;
  }

  /** Whether a line begins as a boundary does: with two hyphens, and more behind them. */
  static boolean looksLikeOne(Lines line) {
    int from = line.indent();
    return line.at(from) == '-'
        && line.at(from + 1) == '-'
        && line.held() - from > 2
        && line.alphabet() + line.others() > 2;
  }

  /** Whether a line that looks like a boundary begins with one that was declared. */
  boolean isDeclared(Lines line) {
    if (declared.isEmpty()) {
      return false;
    }
    String text = normal(line.text().substring(line.indent() + 2));
    String boundary = declared.floor(text);
    if (boundary == null || !text.startsWith(boundary)) {
      return false;
    }
    met.add(boundary);
    return true;
  }

  /** How many of these boundaries occur in the message. */
  int met(Iterable<String> boundaries) {
    Set<String> found = new HashSet<>();
    for (String boundary : boundaries) {
      String text = normal(boundary);
      for (String one : met) {
        if (text.startsWith(one) || one.startsWith(text)) {
          found.add(one);
        }
      }
    }
    return found.size();
  }

  /**
   * Declares a boundary. Where one boundary is the beginning of another, only the shorter one is
   * kept, because a line need only begin with it.
   *
   * @throws OverLimitException if there are more than {@value #MOST_BOUNDARIES}. To ignore the rest
   *     would let the sender choose which boundaries count.
   */
  void declare(String boundary) throws OverLimitException {
    meter.pay(Meter.CANDIDATE);
    String normal = normal(boundary);
    if (!normal.isEmpty() && !hasPrefixOf(normal)) {
      String longer = declared.higher(normal);
      while (longer != null && longer.startsWith(normal)) {
        declared.remove(longer);
        longer = declared.higher(normal);
      }
      declared.add(normal);
      meter.hold(Meter.ENTRY_BYTES + normal.length());
    }
    if (declared.size() > MOST_BOUNDARIES) {
      throw new OverLimitException("more boundaries than " + MOST_BOUNDARIES);
    }
  }

  /**
   * Whether the text begins with a boundary. No boundary is the beginning of another, so no other
   * can stand in order between such a boundary and the text: one look is enough.
   */
  private boolean hasPrefixOf(String text) {
    String boundary = declared.floor(text);
    return boundary != null && text.startsWith(boundary);
  }

  /**
   * Boundaries are compared without white space, without the marks that a reader may strip once
   * more ({@code "<b>"} is {@code b} for Python's email package), and without regard to case.
   */
  private static String normal(String boundary) {
    String cut =
        boundary.length() > LONGEST_BOUNDARY ? boundary.substring(0, LONGEST_BOUNDARY) : boundary;
    StringBuilder normal = new StringBuilder(cut.length());
    for (int i = 0; i < cut.length(); i++) {
      if (cut.charAt(i) > ' ' && "<>\"'\\".indexOf(cut.charAt(i)) < 0) {
        normal.append(cut.charAt(i));
      }
    }
    return normal.toString().toLowerCase(Locale.ROOT);
  }
}
