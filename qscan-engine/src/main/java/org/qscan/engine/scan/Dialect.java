package org.qscan.engine.scan;

import org.jspecify.annotations.Nullable;

/** What the lines and the exit codes of a scanning program mean: two tables. */
interface Dialect {

  /**
   * Reads one line.
   *
   * @param line without its end
   */
  Line line(String line);

  /**
   * How many files a line of the summary says were scanned; -1 if it says nothing of that, or where
   * the scanner's count is no evidence.
   *
   * @param line without its end
   */
  default long filesScanned(String line) {
    return -1;
  }

  /** The meaning of an exit code; null if the program has no such code. */
  @Nullable Status status(int code);
}
