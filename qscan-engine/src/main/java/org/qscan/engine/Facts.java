package org.qscan.engine;

import java.util.List;

/**
 * What was seen of a message, whatever came of it: for the log line.
 *
 * @param id the session's id
 * @param size bytes received
 * @param parts files that the extractors made of it
 * @param names file names that the sender gave; escape before use
 * @param receiveMillis from the session's start to the end of the message
 * @param extractMillis from there until the extractors were done
 * @param waitMillis waiting for a slot
 * @param scanMillis scanning
 * @param totalMillis since the session's start
 * @param batch how many messages the run scanned that answered for this one; 1: it alone
 * @param notes what else the operator should know, a sentence each
 * @param ambiguity the strictest tier of a rule of {@code mime.rules} that fired, or {@code none},
 *     or {@code unknown}: nobody has looked, or not to the end
 * @param rules the names of the rules that fired, each once
 * @param limits the limits of ours that the message is over, in words
 * @param seen threats that were named in answers that cannot be believed as a whole
 */
public record Facts(
    String id,
    long size,
    int parts,
    List<String> names,
    long receiveMillis,
    long extractMillis,
    long waitMillis,
    long scanMillis,
    long totalMillis,
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

  /** Of a message that is over no limit of ours, and of which no threat was named in vain. */
  public Facts(
      String id,
      long size,
      int parts,
      List<String> names,
      long receiveMillis,
      long extractMillis,
      long waitMillis,
      long scanMillis,
      long totalMillis,
      int batch,
      List<String> notes,
      String ambiguity,
      List<String> rules) {
    this(
        id,
        size,
        parts,
        names,
        receiveMillis,
        extractMillis,
        waitMillis,
        scanMillis,
        totalMillis,
        batch,
        notes,
        ambiguity,
        rules,
        List.of(),
        List.of());
  }

  /** Of a message that was scanned alone, or not at all, and about whose rules nothing is known. */
  public Facts(
      String id,
      long size,
      int parts,
      List<String> names,
      long receiveMillis,
      long extractMillis,
      long waitMillis,
      long scanMillis,
      long totalMillis,
      List<String> notes) {
    this(
        id,
        size,
        parts,
        names,
        receiveMillis,
        extractMillis,
        waitMillis,
        scanMillis,
        totalMillis,
        1,
        notes,
        UNKNOWN,
        List.of());
  }

  /** The facts of a message that got no session. */
  public static Facts none() {
    return of("-");
  }

  /**
   * Of a message of which no more is known.
   *
   * @param id the session's id
   */
  public static Facts of(String id) {
    return new Facts(id, 0, 0, List.of(), 0, 0, 0, 0, 0, List.of());
  }
}
