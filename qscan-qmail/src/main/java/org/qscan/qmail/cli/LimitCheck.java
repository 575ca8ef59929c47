package org.qscan.qmail.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks the limit on address space of this process; the mail service may have another one. */
final class LimitCheck {

  private static final String WHAT = "address space";
  private static final String LINE = "Max address space";

  private final Findings findings;

  LimitCheck(Findings findings) {
    this.findings = findings;
  }

  void run(long neededKib) {
    String limit = softLimit();
    String advice =
        "; the mail service (softlimit) needs "
            + neededKib
            + " KiB or more, unless it uses qscan-client";
    findings.ok(
        WHAT,
        (limit.equals("unlimited") || limit.equals("?") ? limit : limit + " bytes")
            + " here"
            + advice);
  }

  /** The first number of the line (proc(5)). */
  private static String softLimit() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
        if (line.startsWith(LINE)) {
          return line.substring(LINE.length()).strip().split("\\s+", 2)[0];
        }
      }
    } catch (IOException e) {
      // The limit is not known.
    }
    return "?";
  }
}
