package org.qscan.qmail.cli;

import org.qscan.engine.Outcome;
import org.qscan.engine.Verdict;

/** The exit codes of {@code qscan scan} and {@code qscan explain}, the worst first. */
enum ScanExit {
  INFECTED(1, "something is infected"),
  FAILED(2, "something could not be found out, or the command line is wrong"),
  UNSCANNABLE(3, "something cannot be scanned"),
  CLEAN(0, "all is clean");

  private final int code;
  private final String meaning;

  ScanExit(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  /** The exit code of a message. */
  static ScanExit of(Outcome outcome) {
    return outcome.match(judged -> of(judged.verdict()), failed -> FAILED);
  }

  /** The exit code of a verdict. */
  static ScanExit of(Verdict verdict) {
    return verdict.match(clean -> CLEAN, infected -> INFECTED, unscannable -> UNSCANNABLE);
  }

  int code() {
    return code;
  }

  /** The meaning in words, for the manual page. */
  String meaning() {
    return meaning;
  }

  /** The worse of the two. */
  ScanExit or(ScanExit other) {
    return compareTo(other) <= 0 ? this : other;
  }
}
