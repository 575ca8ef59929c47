package org.qscan.engine.plain;

import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Whether a message is plain.
 *
 * @param oddity the first reason why it is not; null if it is
 * @param line where that was seen, from 1; 0 if it is plain, or if no line stands for it
 * @param form what a reader has to understand to see all of it; null if and only if it is odd
 */
public record Plainness(@Nullable Oddity oddity, int line, @Nullable PlainForm form) {

  /** It is plain, in this form. */
  static Plainness plain(PlainForm form) {
    return new Plainness(null, 0, form);
  }

  /** It is odd, and no line stands for that. */
  public static Plainness odd(Oddity oddity) {
    return new Plainness(oddity, 0, null);
  }

  /** It is odd. */
  static Plainness odd(Oddity oddity, int line) {
    return new Plainness(oddity, line, null);
  }

  /** Whether it is plain. */
  public boolean isPlain() {
    return oddity == null;
  }

  /** What a reader has to understand to see all of it, in their order; none if it is odd. */
  public SortedSet<String> productions() {
    return (form == null ? Productions.NONE : form.all()).names();
  }

  /** For the operator: {@code plain}, or {@code odd}, the line and the reason. */
  public String inWords() {
    if (oddity == null) {
      return "plain";
    }
    return "odd" + (line == 0 ? "" : ", line " + line) + ": " + oddity.inWords();
  }
}
