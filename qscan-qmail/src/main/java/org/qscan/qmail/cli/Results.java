package org.qscan.qmail.cli;

/** A judged as a line of output, without its line end. */
interface Results {
  String line(FileOutcome judged);
}
