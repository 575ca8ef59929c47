package org.qscan.engine.plain;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The boundaries of a message, and the lines that are delimiters. */
final class Delimiters {

  /** What a line is to the innermost multipart that is open. */
  enum DelimiterKind {
    /** Content. */
    NONE,
    /** Another part begins. */
    PART,
    /** The last one. */
    LAST,
    /** No line: the message ends. */
    END
  }

  private final OctetLines lines;
  private final List<String> all = new ArrayList<>();
  private final List<String> open = new ArrayList<>();
  private final List<Integer> taken = new ArrayList<>(); // numbers of lines, in their order

  Delimiters(OctetLines lines) {
    this.lines = lines;
  }

  /**
   * A multipart begins.
   *
   * @throws OddMessage if its boundary could be taken for another's
   */
  void open(String boundary) throws OddMessage {
    String mine = withoutDashes(boundary);
    for (String other : all) {
      String theirs = withoutDashes(other);
      if (mine.startsWith(theirs) || theirs.startsWith(mine)) {
        throw lines.odd(Oddity.BOUNDARIES_ALIKE);
      }
    }
    all.add(boundary);
    open.add(boundary);
  }

  /** The innermost multipart has ended. */
  void close() {
    open.remove(open.size() - 1);
  }

  private static String withoutDashes(String boundary) {
    int from = 0;
    while (boundary.charAt(from) == '-') { // none is of dashes only
      from++;
    }
    return boundary.substring(from).toLowerCase(Locale.ROOT);
  }

  /**
   * To the next line, and what it is.
   *
   * @throws OddMessage if it is a delimiter of a multipart that is not the innermost
   */
  DelimiterKind advance() throws OddMessage {
    if (!lines.advance()) {
      return DelimiterKind.END;
    }
    if (lines.at(0) != '-' || lines.at(1) != '-') {
      return DelimiterKind.NONE;
    }
    for (int i = open.size() - 1; i >= 0; i--) {
      DelimiterKind kind = kind(open.get(i));
      if (kind != DelimiterKind.NONE) {
        if (i != open.size() - 1) {
          throw lines.odd(Oddity.MULTIPART_END);
        }
        taken.add(lines.number());
        return kind;
      }
    }
    return DelimiterKind.NONE;
  }

  private DelimiterKind kind(String boundary) {
    if (!lines.hasAt(2, boundary)) {
      return DelimiterKind.NONE;
    }
    int more = lines.size() - 2 - boundary.length();
    if (more == 0) {
      return DelimiterKind.PART;
    }
    return more == 2 && lines.hasAt(2 + boundary.length(), "--")
        ? DelimiterKind.LAST
        : DelimiterKind.NONE;
  }

  /**
   * Looks at all lines once more: a boundary may be declared behind a line that looks like it.
   *
   * @throws OddMessage if one looks like a delimiter and was not taken for one
   */
  void checkAllLines() throws OddMessage {
    List<String> alike = new ArrayList<>(all.size());
    for (String boundary : all) {
      alike.add(withoutDashes(boundary));
    }
    int known = 0;
    boolean afterDashes = false;
    lines.rewind();
    while (lines.advance()) {
      if (known < taken.size() && taken.get(known) == lines.number()) {
        known++;
        afterDashes = false;
        continue;
      }
      // Some readers begin a part at any line of dashes before a Content field.
      if (afterDashes && lines.hasInAnyCaseAt(0, "content")) {
        throw lines.odd(Oddity.LOOKS_LIKE_DELIMITER);
      }
      afterDashes = lines.at(0) == '-' && lines.at(1) == '-';
      int first = lines.at(0);
      if ((first == '-' || first == ' ' || first == '\t') && looksLikeOneOf(alike)) {
        throw lines.odd(Oddity.LOOKS_LIKE_DELIMITER);
      }
      // ClamAV looks for delimiters as well in what is left without comments.
      if (!all.isEmpty()
          && (first == '-' || first == '(')
          && lines.hasAnywhere("(")
          && lines.hasAnywhere("--")) {
        throw lines.odd(Oddity.LOOKS_LIKE_DELIMITER);
      }
    }
  }

  private boolean looksLikeOneOf(List<String> alike) {
    int from = 0;
    boolean dash = false;
    while (lines.at(from) == '-' || lines.at(from) == ' ' || lines.at(from) == '\t') {
      dash |= lines.at(from) == '-';
      from++;
    }
    if (!dash) {
      return false;
    }
    for (String boundary : alike) {
      if (lines.hasInAnyCaseAt(from, boundary)) {
        return true;
      }
    }
    return false;
  }
}
