package org.qscan.engine.extract;

/**
 * A rule of {@code mime.rules} that fired for a message.
 *
 * @param rule its name
 * @param meaning what fires the rule, in words
 * @param tier the name of the tier that it is in at this site
 * @param refuses whether it makes the message unscannable
 * @param file the part in which it fired, by the name under which it is scanned; empty: the message
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

  /** Keeps only as much of the line as a person would read. */
  public FiredRule {
    text = text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) : text;
  }

  FiredRule in(String otherFile) {
    return new FiredRule(rule, meaning, tier, refuses, otherFile, line, text);
  }
}
