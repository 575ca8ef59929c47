package org.qscan.engine.scan.program;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An exit code of a scanning program and what it means.
 *
 * @param code the exit code
 * @param meaning which text may come with it
 * @param words the meaning in words
 */
record ExitStatus(int code, Meaning meaning, String words) {

  /** Which text may come with a status. */
  enum Meaning {
    /** Nothing was found, and everything was scanned. */
    OK,
    /** Something was not scanned; only the text can tell what. */
    INCOMPLETE,
    /** Something was found. */
    FOUND,
    /** The status is no answer. */
    FAILED
  }

  /** The status for this code in a table, or null if there is none. */
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
