package org.qscan.qmail.cli;

import java.nio.file.Path;
import org.qscan.engine.Facts;
import org.qscan.engine.Outcome;

/**
 * The outcome for one file.
 *
 * @param file its path
 * @param outcome what it is, or why that could not be found out
 */
record FileOutcome(Path file, Outcome outcome) {

  /** The outcome for a file that could not be read. */
  static FileOutcome failed(Path file, String failure) {
    return new FileOutcome(file, Outcome.failed(failure));
  }

  ScanExit exit() {
    return ScanExit.of(outcome);
  }

  Facts facts() {
    return outcome.facts();
  }
}
