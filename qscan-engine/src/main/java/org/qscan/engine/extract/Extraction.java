package org.qscan.engine.extract;

import java.util.List;

/**
 * The result of an extractor for one message. Its files are in its directory.
 *
 * @param outcome whether its files may be taken for its whole view
 * @param why the reason in words where it is not {@link Result#DONE}, else empty
 * @param names file names from the message that the extractor knows and did not give to its files
 * @param notes what else the operator should know, a sentence each
 * @param objections names of rules by which the message is not to be trusted, whatever is found
 * @param ambiguity what its rules say, if it has any
 * @param guessed how many of its files it made of what nobody declared
 */
public record Extraction(
    Result outcome,
    String why,
    List<String> names,
    List<String> notes,
    List<String> objections,
    Ambiguity ambiguity,
    int guessed) {

  /** How it went. */
  public enum Result {
    /** It read the message to its end. */
    DONE,
    /** It crashed, was too slow, or could not be run: its view is not to be relied on. */
    FAILED,
    /**
     * The message would cost it, or has cost it, more than a message of its size may: its view is
     * not to be relied on. That is the message's fault, and no less so the next time: where nobody
     * else has read it, or extract.failure asks for every view, it is over a limit.
     */
    TOO_COSTLY,
    /** The message has more, or deeper, or larger parts than allowed. */
    OVER_LIMIT,
    /**
     * Nothing is known of the message: the disk is full, the program is missing. Ours, not the
     * message's, and so never passed over, whatever extract.failure says.
     */
    UNABLE
  }

  public Extraction {
    names = List.copyOf(names);
    notes = List.copyOf(notes);
    objections = List.copyOf(objections);
  }

  private Extraction(Result outcome, String why, List<String> names) {
    this(outcome, why, names, List.of(), List.of(), Ambiguity.UNKNOWN, 0);
  }

  /** The same with what its rules say. */
  public Extraction with(List<String> notes, List<String> objections, Ambiguity ambiguity) {
    return new Extraction(outcome, why, names, notes, objections, ambiguity, guessed);
  }

  /** The same, of which so many files were made of what nobody declared. */
  public Extraction withGuessed(int files) {
    return new Extraction(outcome, why, names, notes, objections, ambiguity, files);
  }

  /** It read the message to its end. */
  public static Extraction done(List<String> names) {
    return new Extraction(Result.DONE, "", names);
  }

  /** Its view is not to be relied on. */
  public static Extraction failed(String why) {
    return new Extraction(Result.FAILED, why, List.of());
  }

  /** The message costs it more than a message of its size may. */
  public static Extraction tooCostly(String why) {
    return new Extraction(Result.TOO_COSTLY, why, List.of());
  }

  /** A failure of ours. */
  public static Extraction unable(String why) {
    return new Extraction(Result.UNABLE, why, List.of());
  }

  /** The message is over a limit. */
  public static Extraction overLimit(String why, List<String> names) {
    return new Extraction(Result.OVER_LIMIT, why, names);
  }
}
