package org.qscan.engine.mime;

import java.util.Locale;

/** Who would read something so. A part is of the weakest kind that was needed to come to it. */
enum ReadingKind {
  /** What the headers say, read by RFC 5322 and RFC 2045 to 2047, and by what a format says. */
  DECLARED,
  /** A departure from that which a program makes: a row of {@link LenientReading}. */
  LENIENT,
  /** Nobody: it only looks encoded. */
  GUESSED;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** For people. */
  String text() {
    return text;
  }

  /** The weaker of two. */
  ReadingKind with(ReadingKind other) {
    return compareTo(other) < 0 ? other : this;
  }
}
