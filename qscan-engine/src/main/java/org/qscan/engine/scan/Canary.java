package org.qscan.engine.scan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The EICAR test file (eicar.org, 68 octets), which every scanner finds and nobody need fear. A
 * scanner that does not find it now is no scanner now, whatever it says of mail.
 *
 * <p>It is put together each time and wiped afterwards, so that it stands neither in our jar nor in
 * a heap dump: whoever scans those has nothing to find. No caller may keep it.
 */
public final class Canary implements AutoCloseable {

  /**
   * The name of the file, where a scanner is shown one: it stands in the scanner's own log and in
   * what it tells others (clamd's {@code VirusEvent}), and should say there what it is.
   */
  public static final String NAME = "qscan-canary-eicar-test-file";

  private static final String[] PIECES = {
    "X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD", "-ANTIVIRUS-TEST-FILE!", "$H+H*"
  };

  private static final AtomicLong SERIAL = new AtomicLong();

  private final Path file;
  private final Path directory;

  private Canary(Path directory, Path file) {
    this.directory = directory;
    this.file = file;
  }

  /** Its octets; the caller {@linkplain #wipe wipes} them. */
  public static byte[] octets() {
    int length = 0;
    for (String piece : PIECES) {
      length += piece.length();
    }
    byte[] octets = new byte[length];
    int to = 0;
    for (String piece : PIECES) {
      for (int i = 0; i < piece.length(); i++) {
        octets[to++] = (byte) piece.charAt(i);
      }
    }
    return octets;
  }

  public static void wipe(byte[] octets) {
    Arrays.fill(octets, (byte) 0);
  }

  /**
   * A file in a directory of its own, with the same rights as the files of a message, until it is
   * closed. Where this process is killed before that, the session's directory goes, and with it
   * this.
   *
   * @param session the directory of a session that lives, in which no scanner is looking at
   *     anything but {@code views} and the like
   * @param groupReads as with the files of the message ({@code work.mode})
   */
  public static Canary in(Path session, boolean groupReads) throws IOException {
    Path directory = session.resolve("canary" + SERIAL.incrementAndGet());
    Files.createDirectory(directory, permissions("rwx------"));
    Canary canary = new Canary(directory, directory.resolve(NAME));
    byte[] octets = octets();
    try {
      Files.createFile(canary.file, permissions("rw-------"));
      Files.write(canary.file, octets, StandardOpenOption.WRITE);
      if (groupReads) {
        // Afterwards: at creation, a umask would take the group's rights away.
        Files.setPosixFilePermissions(canary.file, PosixFilePermissions.fromString("rw-r-----"));
        int mode =
            (Integer) Files.getAttribute(directory, "unix:mode"); // with its set-group-id bit
        Files.setAttribute(directory, "unix:mode", (mode & 07000) | 0750);
      }
      return canary;
    } catch (IOException | RuntimeException e) {
      canary.close();
      throw e;
    } finally {
      wipe(octets);
    }
  }

  private static java.nio.file.attribute.FileAttribute<?> permissions(String text) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text));
  }

  /** The file. */
  public Path file() {
    return file;
  }

  /** The directory that holds it and nothing else. */
  public Path directory() {
    return directory;
  }

  @Override
  public void close() {
    for (Path path : new Path[] {file, directory}) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        // It goes with the session's directory, or is the janitor's.
      }
    }
  }
}
