package org.qscan.engine.mime;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What is known of a text, from its header or from its looks, that tells how to find what is in it.
 *
 * @param charsets in which ASCII does not look like ASCII
 * @param markup whether it is HTML, SVG or the like
 * @param calendar whether it is a calendar or a card
 * @param mail whether it is a message
 * @param deletesBlanks whether it is text whose lines go on in the next without a blank
 */
record ContentHints(
    Set<String> charsets, boolean markup, boolean calendar, boolean mail, boolean deletesBlanks) {

  /** Nothing is known. */
  static final ContentHints UNKNOWN = new ContentHints(Set.of(), false, false, false, false);

  /** It is a message. */
  static final ContentHints MAIL = new ContentHints(Set.of(), false, false, true, false);

  ContentHints {
    // Not Set.copyOf: in what order things are made must not differ from run to run.
    charsets =
        charsets.isEmpty() ? Set.of() : Collections.unmodifiableSet(new LinkedHashSet<>(charsets));
  }

  /** The same of text whose charset is decoded. */
  ContentHints decoded() {
    return new ContentHints(Set.of(), markup, calendar, mail, deletesBlanks);
  }
}
