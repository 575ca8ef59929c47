package org.qscan.engine.mime;

import org.jspecify.annotations.Nullable;

/**
 * How something was read.
 *
 * @param words for people, such as {@code base64}
 * @param row the departure that it takes; null: none
 */
record Way(String words, @Nullable LenientReading row) {

  /** As declared. */
  static Way declared(String words) {
    return new Way(words, null);
  }

  ReadingKind kind() {
    return row == null ? ReadingKind.DECLARED : ReadingKind.LENIENT;
  }
}
