package org.qscan.engine.config;

import org.jspecify.annotations.Nullable;

/**
 * Keys that earlier releases had. For one major version a file that still names one is no error,
 * which would stop mail at an upgrade: the line is not heeded, whatever its value, and {@link
 * Configuration#warnings()} says what to do instead.
 */
public enum RetiredKey {
  /** A second gate for each caller, or a work directory that he may not write. */
  DAEMON_FALLBACK(
      "daemon.fallback", "while qscand is down, qscan-client defers mail: delete the line"),
  /** Went with it. */
  DAEMON_STANDALONE_PROGRAM(
      "daemon.standalone-program",
      "qscan-client runs no program but queue.program; to use qscan-queue, install it in place of"
          + " qmail-queue; delete the line");

  private final String text;
  private final String instead;

  RetiredKey(String text, String instead) {
    this.text = text;
    this.instead = instead;
  }

  /** The retired key of this name, or null. */
  public static @Nullable RetiredKey of(String text) {
    for (RetiredKey key : values()) {
      if (key.text.equals(text)) {
        return key;
      }
    }
    return null;
  }

  /** The name in the file. */
  public String text() {
    return text;
  }

  /** What holds now, and what to do, without a full stop. */
  public String instead() {
    return instead;
  }
}
