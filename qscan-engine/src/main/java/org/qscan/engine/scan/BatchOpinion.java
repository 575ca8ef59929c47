package org.qscan.engine.scan;

import java.util.List;

/**
 * What a scanner lets us believe of one message out of several that it was shown in one go. A
 * shared run proves nothing but that all are clean; so there is no opinion that says "infected".
 *
 * @param kind what may be believed
 * @param notes what the operator should know: notes of a clean message, why one failed
 */
record BatchOpinion(Kind kind, List<String> notes) {

  enum Kind {
    /** The scanner gave all the evidence for a clean message that it would give of it alone. */
    CLEAN,
    /** Something was said of this message. */
    SPOKEN_OF,
    /** The scanner could not answer for this message. */
    FAILED,
    /** Something is wrong, and it is not known with which message. */
    DOUBT
  }

  BatchOpinion {
    notes = List.copyOf(notes);
  }

  static final BatchOpinion SPOKEN_OF = new BatchOpinion(Kind.SPOKEN_OF, List.of());
  static final BatchOpinion DOUBT = new BatchOpinion(Kind.DOUBT, List.of());

  static BatchOpinion clean(List<String> notes) {
    return new BatchOpinion(Kind.CLEAN, notes);
  }

  static BatchOpinion failed(String why) {
    return new BatchOpinion(Kind.FAILED, List.of(why));
  }

  /** What a scanner that was asked about this message alone lets us believe. */
  static BatchOpinion of(Finding finding) {
    return finding.isSpotless() ? clean(finding.notes()) : SPOKEN_OF;
  }
}
