package org.qscan.qmail.cli;

import org.jspecify.annotations.Nullable;
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

  /** That of a verdict; null: it could not be found out. */
  static ScanExit of(@Nullable Verdict verdict) {
    return verdict == null
        ? FAILED
        : verdict.match(clean -> CLEAN, infected -> INFECTED, unscannable -> UNSCANNABLE);
  }

  int code() {
    return code;
  }

  /** In words, for the manual page. */
  String meaning() {
    return meaning;
  }

  /** The worse of the two. */
  ScanExit or(ScanExit other) {
    return compareTo(other) <= 0 ? this : other;
  }
}
