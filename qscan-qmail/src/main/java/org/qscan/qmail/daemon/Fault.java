package org.qscan.qmail.daemon;

import org.qscan.engine.LogLine;

/** Describes a fault of QScan in one line: what was thrown, and where. */
final class Fault {

  private static final int LONGEST = 300;

  private Fault() {}

  static String of(Throwable e) {
    StackTraceElement[] trace = e.getStackTrace();
    String where = trace.length == 0 ? "" : " at " + trace[0];
    return LogLine.escape("qscand failed: " + e + where, LONGEST);
  }
}
