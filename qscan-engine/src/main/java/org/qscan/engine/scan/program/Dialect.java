package org.qscan.engine.scan.program;

import org.jspecify.annotations.Nullable;

/** What the lines and the exit codes of a scanning program mean: two tables. */
interface Dialect {

  /**
   * Reads one line.
   *
   * @param line without its end
   */
  OutputLine line(String line);

  /**
   * How many files were scanned, if this line of the summary says so; -1 if it does not, or if the
   * scanner's count is no evidence.
   *
   * @param line without its end
   */
  default long filesScanned(String line) {
    return -1;
  }

  /**
   * The file that a line of detection names, perhaps followed by the name of an archive's member,
   * which the sender chose. Empty if the form of such lines is not known well enough.
   *
   * @param line without its end
   */
  default String file(String line) {
    return "";
  }

  /** The meaning of an exit code; null if the program has no such code. */
  @Nullable ExitStatus status(int code);
}
