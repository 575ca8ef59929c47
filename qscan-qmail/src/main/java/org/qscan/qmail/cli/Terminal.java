package org.qscan.qmail.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which descriptors are terminals. No System.console(): it asks for standard input and output. */
final class Terminal {

  private Terminal() {}

  /** Whether this descriptor of ours is one. */
  static boolean isAt(int descriptor) {
    try {
      String to = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return to.startsWith("/dev/pts/") || to.startsWith("/dev/tty") || to.equals("/dev/console");
    } catch (IOException e) {
      return false;
    }
  }
}
