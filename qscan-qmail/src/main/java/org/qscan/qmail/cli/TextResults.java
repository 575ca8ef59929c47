package org.qscan.qmail.cli;

import java.util.List;
import java.util.stream.Collectors;
import org.qscan.engine.LogLine;

/**
 * {@code PATH: VERDICT ...}. Paths and threats come from outside and are escaped as in the log, so
 * that no name from a sender can make a line of its own.
 */
final class TextResults implements Results {

  private static final int LONGEST = 4096;

  @Override
  public String line(FileOutcome judged) {
    return escape(judged.file().toString())
        + ": "
        + judged.exit().name()
        + switch (judged.exit()) {
          case CLEAN -> "";
          case INFECTED -> " " + join(judged.outcome().threats());
          case UNSCANNABLE -> " " + join(judged.outcome().reasons());
          case FAILED -> " " + escape(judged.outcome().failure());
        };
  }

  private static String join(List<String> words) {
    return words.stream().map(TextResults::escape).collect(Collectors.joining(", "));
  }

  private static String escape(String text) {
    return LogLine.escape(text, LONGEST);
  }
}
