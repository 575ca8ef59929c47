package org.qscan.engine.extract;

import java.util.List;

/**
 * The result of an extractor for one message. The files are in the extractor's directory.
 *
 * @param outcome whether the files are its whole view of the message
 * @param why the reason in words if the outcome is not {@link Result#DONE}, else empty
 * @param names file names from the message that the extractor knows and did not give to its files
 * @param notes what else the operator should know, a sentence each
 * @param objections names of rules for which the message is not trusted, whatever is found
 * @param ambiguity the result of its rules, if it has any
 * @param guessed how many of its files it made from content that no header declares as encoded
 */
public record Extraction(
    Result outcome,
    String why,
    List<String> names,
    List<String> notes,
    List<String> objections,
    Ambiguity ambiguity,
    int guessed) {

  /** How the extraction ended. */
  public enum Result {
    /** The extractor read the message to its end. */
    DONE,
    /** The extractor crashed, was too slow, or could not be run, so its view may be incomplete. */
    FAILED,
    /**
     * The message would cost the extractor, or has cost it, more than a message of its size may, so
     * its view may be incomplete. That is a fact about the message, which will be the same the next
     * time. If no other extractor has read it, or if extract.failure asks for every view, the
     * message is over a limit.
     */
    TOO_COSTLY,
    /** The message has more parts than allowed, or deeper or larger ones. */
    OVER_LIMIT,
    /**
     * Nothing is known about the message, because of a fault of this host: the disk is full, or the
     * program is missing. It is never ignored, whatever extract.failure says.
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

  /** The same extraction with the result of its rules. */
  public Extraction with(List<String> notes, List<String> objections, Ambiguity ambiguity) {
    return new Extraction(outcome, why, names, notes, objections, ambiguity, guessed);
  }

  /** The same extraction, with the number of files that were guessed. */
  public Extraction withGuessed(int files) {
    return new Extraction(outcome, why, names, notes, objections, ambiguity, files);
  }

  /** The extractor read the message to its end. */
  public static Extraction done(List<String> names) {
    return new Extraction(Result.DONE, "", names);
  }

  /** The extractor failed, so its view may be incomplete. */
  public static Extraction failed(String why) {
    return new Extraction(Result.FAILED, why, List.of());
  }

  /** The message costs the extractor more than a message of its size may. */
  public static Extraction tooCostly(String why) {
    return new Extraction(Result.TOO_COSTLY, why, List.of());
  }

  /** The extractor could not work because of a fault of this host. */
  public static Extraction unable(String why) {
    return new Extraction(Result.UNABLE, why, List.of());
  }

  /** The message is over a limit. */
  public static Extraction overLimit(String why, List<String> names) {
    return new Extraction(Result.OVER_LIMIT, why, names);
  }
}
