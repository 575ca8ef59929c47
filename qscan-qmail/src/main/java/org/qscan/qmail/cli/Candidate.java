package org.qscan.qmail.cli;

import java.nio.file.Path;

/**
 * A file that has to be scanned, perhaps with the reason why this is impossible.
 *
 * @param file its path
 * @param trouble why it cannot be scanned; else empty
 */
record Candidate(Path file, String trouble) {

  static Candidate of(Path file) {
    return new Candidate(file, "");
  }
}
