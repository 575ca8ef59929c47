package org.qscan.engine.plain;

import org.jspecify.annotations.Nullable;

/**
 * Whether a message is plain.
 *
 * @param oddity the first reason why it is not; null if it is
 * @param line where that was seen, from 1; 0 if it is plain, or if no line stands for it
 */
public record Plainness(@Nullable Oddity oddity, int line) {

  /** Every point of the grammar holds. */
  public static final Plainness PLAIN = new Plainness(null, 0);

  /** Whether it is plain. */
  public boolean isPlain() {
    return oddity == null;
  }

  /** For the operator: {@code plain}, or {@code odd}, the line and the reason. */
  public String inWords() {
    if (oddity == null) {
      return "plain";
    }
    return "odd" + (line == 0 ? "" : ", line " + line) + ": " + oddity.inWords();
  }
}
