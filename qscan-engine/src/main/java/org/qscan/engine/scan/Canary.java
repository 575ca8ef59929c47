package org.qscan.engine.scan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The EICAR test file (eicar.org, 68 octets), which every scanner finds, and which is harmless. If
 * a scanner does not find it now, QScan does not believe it now, whatever it says about mail.
 *
 * <p>It is put together each time and wiped afterwards, so that a scanner finds it neither in our
 * jar nor in a heap dump. No caller may keep it.
 */
public final class Canary implements AutoCloseable {

  /**
   * The name of the file, if a scanner is given a file. The name appears in the scanner's log and
   * in its messages to others (clamd's {@code VirusEvent}), so it says what the file is.
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

  /** The octets of the test file. The caller {@linkplain #wipe wipes} them after use. */
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
   * closed. If this process is killed before that, the file is removed together with the session's
   * directory.
   *
   * @param session the directory of a living session, in which scanners look only at {@code views}
   *     and other directories of their own
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
        // Set afterwards, because at creation the umask could remove the group's rights.
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
        // It is removed with the session's directory, or by the janitor.
      }
    }
  }
}
