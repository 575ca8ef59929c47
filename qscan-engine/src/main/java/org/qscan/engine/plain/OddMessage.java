package org.qscan.engine.plain;

/** Ends the reading of a message at the first thing that is odd. Has no trace: it is no fault. */
final class OddMessage extends Exception {

  private static final long serialVersionUID = 1L;

  private final Oddity oddity;
  private final int line;

  OddMessage(Oddity oddity, int line) {
    super(oddity.inWords(), null, false, false);
    this.oddity = oddity;
    this.line = line;
  }

  Plainness plainness() {
    return Plainness.odd(oddity, line);
  }
}
