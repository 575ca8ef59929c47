package org.qscan.engine.gate;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * Names for sessions. They are unique, because the lock file is created exclusively; this holds
 * even for two containers that share a work directory and have processes of the same number. They
 * cannot be guessed, because a sender who knew the directory could write it into a name that a
 * scanner prints. (SecureRandom would cost a JVM that starts for each message some milliseconds.)
 */
final class SessionIds {

  static final Path RANDOM = Path.of("/dev/urandom");

  private static final int IN_EACH = 4;
  private static final int AT_ONCE = 64;

  private byte[] random = new byte[0];
  private int used;
  private long count; // a daemon may see more messages than an int has numbers

  /**
   * The next name.
   *
   * @throws IOException if no random octets can be read
   */
  synchronized String next() throws IOException {
    if (used == random.length) {
      random = read();
      used = 0;
    }
    used += IN_EACH;
    return Long.toHexString(System.currentTimeMillis())
        + HexFormat.of().formatHex(random, used - IN_EACH, used)
        + "-"
        + ProcessHandle.current().pid()
        + "-"
        + ++count;
  }

  /** Reads random octets for many names at once, because opening the file is most of the work. */
  private static byte[] read() throws IOException {
    byte[] octets;
    try (InputStream in = Files.newInputStream(RANDOM)) {
      octets = in.readNBytes(IN_EACH * AT_ONCE);
    }
    if (octets.length < IN_EACH * AT_ONCE) {
      throw new EOFException(RANDOM + " has ended");
    }
    return octets;
  }
}
