package org.qscan.qmail.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.LogLine;

/**
 * What {@code check} finds. Each finding is printed as a line at once. The first failure is the
 * cause.
 */
final class Findings {

  private static final int LONGEST = 2000;

  private final PrintWriter out;
  private @Nullable String cause;

  Findings(PrintWriter out) {
    this.out = out;
  }

  /** Reports that something is as it should be. */
  void ok(String what, String text) {
    print("ok", what, text);
  }

  /** Reports something that the operator should know, although mail flows. */
  void note(String what, String text) {
    print("note", what, text);
  }

  /**
   * Reports that mail does not flow as it should.
   *
   * @param sentence what is wrong, and what to do
   */
  void fail(String what, String sentence) {
    print("FAIL", what, sentence);
    if (cause == null) {
      cause = escape(sentence);
    }
  }

  boolean failed() {
    return cause != null;
  }

  /** Prints the last line. */
  int conclude() {
    out.println(cause == null ? "PASS" : "FAIL: " + cause);
    return cause == null ? 0 : 1;
  }

  private void print(String state, String what, String text) {
    out.println(String.format(Locale.ROOT, "%-4s %-15s %s", state, what, escape(text)));
    out.flush();
  }

  /**
   * Escapes text that programs print, which may contain anything, so that a finding is one line.
   * Quotes are not escaped.
   */
  private static String escape(String text) {
    return LogLine.escape(text, LONGEST).replace("\\x22", "\"");
  }
}
