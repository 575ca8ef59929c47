package org.qscan.engine;

import java.util.List;

/**
 * What was seen of a message, whatever its verdict, for the log line.
 *
 * @param id the session's id
 * @param size bytes received
 * @param parts the number of files that the extractors made of it
 * @param guessed the number of those files that no header declares: their content only looked
 *     encoded
 * @param names file names that the sender gave; escape them before use
 * @param timings how long each step took
 * @param batch how many messages were scanned in the run that answered for this one
 * @param notes what else the operator should know, a sentence each
 * @param ambiguity the strictest tier of a rule of {@code mime.rules} that fired, or {@code none};
 *     {@code unknown} if the message was not checked, or not to its end
 * @param rules the names of the rules that fired, each once
 * @param limits the limits that the message is over, in words. Senders may read them. So for a
 *     limit of a scanner, they say only that there is one; the scanner's own words, which name
 *     addresses and files, are in the notes
 * @param seen threats that were named in answers that cannot be believed as a whole
 */
public record Facts(
    String id,
    long size,
    int parts,
    int guessed,
    List<String> names,
    Timings timings,
    int batch,
    List<String> notes,
    String ambiguity,
    List<String> rules,
    List<String> limits,
    List<String> seen) {

  private static final String UNKNOWN = "unknown";

  public Facts {
    names = List.copyOf(names);
    notes = List.copyOf(notes);
    rules = List.copyOf(rules);
    limits = List.copyOf(limits);
    seen = List.copyOf(seen);
  }

  /** The facts of a message that got no session. */
  public static Facts none() {
    return of("-");
  }

  /**
   * The facts of a message of which only the id is known.
   *
   * @param id the session's id
   */
  public static Facts of(String id) {
    return new Facts(
        id,
        0,
        0,
        0,
        List.of(),
        Timings.NONE,
        1,
        List.of(),
        UNKNOWN,
        List.of(),
        List.of(),
        List.of());
  }

  /**
   * The same facts with another size.
   *
   * @param bytes how many bytes were received
   */
  public Facts withSize(long bytes) {
    return new Facts(
        id, bytes, parts, guessed, names, timings, batch, notes, ambiguity, rules, limits, seen);
  }

  /** The same facts with these times. */
  public Facts withTimings(Timings times) {
    return new Facts(
        id, size, parts, guessed, names, times, batch, notes, ambiguity, rules, limits, seen);
  }

  /** The same facts with these notes. */
  public Facts withNotes(List<String> sentences) {
    return new Facts(
        id, size, parts, guessed, names, timings, batch, sentences, ambiguity, rules, limits, seen);
  }
}
