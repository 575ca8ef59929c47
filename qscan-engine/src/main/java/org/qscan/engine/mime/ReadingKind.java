package org.qscan.engine.mime;

import java.util.Locale;

/**
 * Which programs would read something in this way. A part has the weakest kind of all steps that
 * lead to it.
 */
enum ReadingKind {
  /** What the headers say, read by RFC 5322 and RFC 2045 to 2047, and by what a format says. */
  DECLARED,
  /** A program departs from that in a way that is a row of {@link LenientReading}. */
  LENIENT,
  /** No known program reads it so: it only looks encoded. */
  GUESSED;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** The kind in words. */
  String text() {
    return text;
  }

  /** The weaker of two. */
  ReadingKind with(ReadingKind other) {
    return compareTo(other) < 0 ? other : this;
  }
}
