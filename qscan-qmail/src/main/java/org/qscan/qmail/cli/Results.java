package org.qscan.qmail.cli;

/** Formats the outcome of a message as a line of output, without the line end. */
interface Results {
  String line(FileOutcome judged);
}
