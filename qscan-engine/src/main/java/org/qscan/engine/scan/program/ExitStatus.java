package org.qscan.engine.scan.program;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An exit code of a scanning program and what it means.
 *
 * @param code the exit code
 * @param meaning what text may go with it
 * @param words the meaning in words
 */
record ExitStatus(int code, Meaning meaning, String words) {

  /** What text may go with a status. */
  enum Meaning {
    /** Nothing found, nothing left out. */
    OK,
    /** Something was left out; only the text can say what. */
    INCOMPLETE,
    /** Something was found. */
    FOUND,
    /** No answer. */
    FAILED
  }

  /** The one of a table for this code, or null if it has none. */
  static @Nullable ExitStatus of(List<ExitStatus> table, int code) {
    for (ExitStatus status : table) {
      if (status.code == code) {
        return status;
      }
    }
    return null;
  }

  /** The code with its meaning in words. */
  String inWords() {
    return "exit code " + code + " (" + words + ")";
  }
}
