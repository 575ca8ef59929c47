package org.qscan.engine.scan;

import java.util.List;

/**
 * What a scanner's answer proves about one message out of several that it scanned in one run. A
 * shared run can only prove that messages are clean, so there is no opinion that says "infected".
 *
 * @param kind what the answer proves
 * @param notes what the operator should know: the notes of a clean message, or why the scanner
 *     failed
 */
public record BatchOpinion(OpinionKind kind, List<String> notes) {

  /** What an answer proves. */
  public enum OpinionKind {
    /** The message is clean: the scanner gave the same evidence for it as in a run of its own. */
    CLEAN,
    /** The scanner reported something about this message. */
    SPOKEN_OF,
    /** The scanner could not answer for this message. */
    FAILED,
    /** Something is wrong, and nobody knows with which message. */
    DOUBT
  }

  public BatchOpinion {
    notes = List.copyOf(notes);
  }

  /** The scanner reported something about the message. */
  public static final BatchOpinion SPOKEN_OF = new BatchOpinion(OpinionKind.SPOKEN_OF, List.of());

  /** Something is wrong with some message of the run. */
  public static final BatchOpinion DOUBT = new BatchOpinion(OpinionKind.DOUBT, List.of());

  public static BatchOpinion clean(List<String> notes) {
    return new BatchOpinion(OpinionKind.CLEAN, notes);
  }

  public static BatchOpinion failed(String why) {
    return new BatchOpinion(OpinionKind.FAILED, List.of(why));
  }

  /** What a scanner's answer about this message alone proves. */
  static BatchOpinion of(Finding finding) {
    return finding.isSpotless() ? clean(finding.notes()) : SPOKEN_OF;
  }
}
