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

  /** The meaning of an exit code; null if the program has no such code. */
  @Nullable Status status(int code);
}
