package org.qscan.qmail.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The CPU time of children that have ended, and of their children. */
final class ChildTime {

  private static final int TICK_MILLIS = 10; // USER_HZ is 100 wherever Linux runs Java

  private ChildTime() {}

  /**
   * The milliseconds that they used since this process started: fields 16 and 17 of /proc/self/stat
   * (proc(5)).
   */
  static long millis() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    // The name in field 2 may hold blanks; no field after it holds a bracket.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) * TICK_MILLIS;
  }
}
