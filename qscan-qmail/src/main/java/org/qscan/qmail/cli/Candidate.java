package org.qscan.qmail.cli;

import java.nio.file.Path;

/**
 * Something to scan, or something that was to be scanned and cannot be.
 *
 * @param file where it is
 * @param trouble why it cannot be scanned, else empty
 */
record Candidate(Path file, String trouble) {

  static Candidate of(Path file) {
    return new Candidate(file, "");
  }
}
