package org.qscan.engine.extract;

/**
 * A rule of {@code mime.rules} that a message has fired.
 *
 * @param rule its name
 * @param meaning what it is that fires it, in words
 * @param tier the name of the tier that it is in at this site
 * @param refuses whether the message is unscannable for it
 * @param file the part that was read, by the name that it is scanned under; empty: the message
 *     itself
 * @param line the line of that part; the first is 1
 * @param text the beginning of the offending line, not escaped; empty: not kept
 */
public record FiredRule(
    String rule,
    String meaning,
    String tier,
    boolean refuses,
    String file,
    long line,
    String text) {

  private static final int LONGEST_TEXT = 1000;

  /** The same, with no more of the line than somebody would read. */
  public FiredRule {
    text = text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) : text;
  }

  FiredRule in(String otherFile) {
    return new FiredRule(rule, meaning, tier, refuses, otherFile, line, text);
  }
}
