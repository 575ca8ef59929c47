package org.qscan.qmail.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tells which descriptors are terminals. It does not use System.console(), which needs both
 * standard input and standard output.
 */
final class Terminal {

  private Terminal() {}

  /** Whether this descriptor of our process is a terminal. */
  static boolean isAt(int descriptor) {
    try {
      String to = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return to.startsWith("/dev/pts/") || to.startsWith("/dev/tty") || to.equals("/dev/console");
    } catch (IOException e) {
      return false;
    }
  }
}
