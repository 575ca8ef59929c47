package org.qscan.engine.scan;

import java.util.List;

/**
 * What a scanner lets us believe of one message out of several that it was shown in one go. A
 * shared run proves nothing but that all are clean; so there is no opinion that says "infected".
 *
 * @param kind what may be believed
 * @param notes what the operator should know: notes of a clean message, why one failed
 */
public record BatchOpinion(OpinionKind kind, List<String> notes) {

  /** What may be believed. */
  public enum OpinionKind {
    /** The scanner gave all the evidence for a clean message that it would give of it alone. */
    CLEAN,
    /** Something was said of this message. */
    SPOKEN_OF,
    /** The scanner could not answer for this message. */
    FAILED,
    /** Something is wrong, and it is not known with which message. */
    DOUBT
  }

  public BatchOpinion {
    notes = List.copyOf(notes);
  }

  /** Something was said of it. */
  public static final BatchOpinion SPOKEN_OF = new BatchOpinion(OpinionKind.SPOKEN_OF, List.of());

  /** Nobody knows. */
  public static final BatchOpinion DOUBT = new BatchOpinion(OpinionKind.DOUBT, List.of());

  public static BatchOpinion clean(List<String> notes) {
    return new BatchOpinion(OpinionKind.CLEAN, notes);
  }

  public static BatchOpinion failed(String why) {
    return new BatchOpinion(OpinionKind.FAILED, List.of(why));
  }

  /** What a scanner that was asked about this message alone lets us believe. */
  static BatchOpinion of(Finding finding) {
    return finding.isSpotless() ? clean(finding.notes()) : SPOKEN_OF;
  }
}
