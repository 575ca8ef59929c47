package org.qscan.qmail.cli;

/** A judgement as a line of output, without its line end. */
interface Results {
  String line(Judgement judgement);
}
