package org.qscan.engine.scan;

import org.jspecify.annotations.Nullable;

/**
 * sweep's exit codes, in its two sets: the plain one, and the extended one of option {@code -eec}.
 * Sources: a system integrator's list, sweep 4.20's manual page, and a public upload filter, which
 * agree; 2 has been seen for encrypted files too.
 */
enum SweepStatus {
  PLAIN_OK(0, false, Meaning.OK, "no error, no virus"),
  PLAIN_INTERRUPTED(1, false, Meaning.FAILED, "interrupted or killed"),
  PLAIN_ERROR(2, false, Meaning.INCOMPLETE, "an error, or something that could not be checked"),
  PLAIN_VIRUS(3, false, Meaning.FOUND, "a virus or a fragment of one"),
  EXTENDED_OK(0, true, Meaning.OK, "no error, no virus"),
  EXTENDED_SURVIVABLE(8, true, Meaning.INCOMPLETE, "an error that could be survived"),
  EXTENDED_UNPACKED(12, true, Meaning.OK, "compressed files, unpacked"),
  EXTENDED_PACKED(16, true, Meaning.INCOMPLETE, "compressed files that could not be unpacked"),
  EXTENDED_DISINFECTED(20, true, Meaning.FOUND, "a virus, disinfected"),
  EXTENDED_VIRUS(24, true, Meaning.FOUND, "a virus"),
  EXTENDED_MEMORY(28, true, Meaning.FOUND, "a virus in memory"),
  EXTENDED_INTEGRITY(32, true, Meaning.FAILED, "integrity check failed"),
  EXTENDED_UNSURVIVABLE(36, true, Meaning.FAILED, "an error that could not be survived"),
  EXTENDED_INTERRUPTED(40, true, Meaning.FAILED, "interrupted");

  /** What text may go with a status. */
  enum Meaning {
    /** Nothing found, nothing left out. */
    OK,
    /** Something was left out; only the text can say what. */
    INCOMPLETE,
    /** Something was found. */
    FOUND,
    /** No answer. */
    FAILED
  }

  private final int code;
  private final boolean extended;
  private final Meaning meaning;
  private final String words;

  SweepStatus(int code, boolean extended, Meaning meaning, String words) {
    this.code = code;
    this.extended = extended;
    this.meaning = meaning;
    this.words = words;
  }

  /** The status for this code, or null if the set has none. */
  static @Nullable SweepStatus of(int code, boolean extended) {
    for (SweepStatus status : values()) {
      if (status.code == code && status.extended == extended) {
        return status;
      }
    }
    return null;
  }

  Meaning meaning() {
    return meaning;
  }

  /** The code with its meaning in words. */
  String inWords() {
    return "exit code " + code + " (" + words + ")";
  }
}
