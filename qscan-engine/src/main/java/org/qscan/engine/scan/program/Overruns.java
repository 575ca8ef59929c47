package org.qscan.engine.scan.program;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;

/**
 * The messages for which a scanner took more CPU time than {@code scan.timeout} allows while this
 * host had nothing else to do. "Try again" would never end for them, so they are over a limit. That
 * is remembered for a day, so that the next attempt costs nothing and gets the same answer, even if
 * the host is busy then.
 *
 * <p>It is kept in the work directory, which only its owner can write, for all processes that share
 * it: an empty file for each message, whose name is a digest. It answers "over a limit" and never
 * "clean", and other scanners are asked all the same. The digest is of the octets, so that no
 * sender can do this to the mail of another; without the Received fields in front, because each
 * attempt to deliver has others; and of the scanner with its options and virus data, because
 * another version may be faster.
 */
final class Overruns {

  /** The name of the directory in the work directory. It is not the name of a session. */
  static final String NAME = ".overruns";

  static final Duration REMEMBERED = Duration.ofDays(1);
  static final int MOST = 1000;

  /**
   * The share of its time that the scanner must have used a processor. If it used less, it has
   * waited: for a disk or a processor.
   */
  static final double SHARE = 0.8;

  /**
   * Stands for the load of this host, which is read when it is needed. It is not a lambda, because
   * each message may have a process of its own, which would have to load it.
   */
  private static final double OF_THIS_HOST = Double.NaN;

  private static final byte[] RECEIVED = "received:".getBytes(StandardCharsets.US_ASCII);

  private final Path directory;
  private final InstantSource clock;
  private final double load;
  private final double share;

  Overruns(Path work) {
    this(work, InstantSource.system(), OF_THIS_HOST, SHARE);
  }

  /** With another clock, load and share; for tests. */
  Overruns(Path work, InstantSource clock, double load, double share) {
    this.share = share;
    this.directory = work.resolve(NAME);
    this.clock = clock;
    this.load = load;
  }

  /**
   * Whether a run took that long because of what it scanned, not because this host was busy.
   *
   * @param cpu the CPU time that it used
   * @param elapsed the time that it had
   */
  boolean isTheMessagesOwn(Duration cpu, Duration elapsed) {
    int processors = Runtime.getRuntime().availableProcessors();
    return cpu.toNanos() >= share * elapsed.toNanos() && load() <= processors + 0.5;
  }

  /**
   * The number of runnable processes in the last minute (proc(5)). If it is not known, the host
   * counts as busy.
   */
  private double load() {
    if (!Double.isNaN(load)) {
      return load;
    }
    try {
      String text = Files.readString(Path.of("/proc/loadavg"));
      return Double.parseDouble(text.substring(0, text.indexOf(' ')));
    } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
      return Double.MAX_VALUE;
    }
  }

  /**
   * Whether no message is remembered, which is so nearly always. Then no message has to be read.
   */
  boolean isEmpty() {
    return !Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS);
  }

  /** Whether this message is remembered; false if that cannot be found out. */
  boolean isKnown(Path message, String scanner) {
    if (isEmpty()) {
      return false;
    }
    try {
      return isFresh(file(message, scanner));
    } catch (IOException e) {
      return false;
    }
  }

  /** Remembers this message. If that fails, the next attempt costs as much again. */
  void remember(Path message, String scanner) {
    try {
      make();
      Path file = file(message, scanner);
      makeRoom();
      try {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      } catch (FileAlreadyExistsException e) {
        // Another process has written it, or it was written a day ago.
      }
      Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
    } catch (IOException e) {
      // This would only have saved work.
    }
  }

  private void make() throws IOException {
    try {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      // Another process has made it.
    }
  }

  /** Removes entries that are too old, and if that is not enough, the oldest ones. */
  private void makeRoom() throws IOException {
    int kept = 0;
    Path oldest = null;
    FileTime oldestTime = null;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (!isFresh(file)) {
          Files.deleteIfExists(file);
          continue;
        }
        kept++;
        FileTime time = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS);
        if (oldestTime == null || time.compareTo(oldestTime) < 0) {
          oldest = file;
          oldestTime = time;
        }
      }
    }
    if (kept >= MOST && oldest != null) {
      Files.deleteIfExists(oldest);
    }
  }

  /**
   * Whether an entry is not too old. One from the future was written before the clock was set, so
   * its age is not known and it does not count.
   */
  private boolean isFresh(Path file) {
    try {
      Duration age =
          Duration.between(
              Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant(),
              clock.instant());
      return age.compareTo(REMEMBERED) < 0 && age.compareTo(Duration.ofMinutes(-5)) > 0;
    } catch (IOException e) {
      return false;
    }
  }

  private Path file(Path message, String scanner) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IOException(e); // every Java has it
    }
    digest.update(scanner.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(message), 65536)) {
      skipReceived(in);
      byte[] buffer = new byte[65536];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return directory.resolve(HexFormat.of().formatHex(digest.digest()));
  }

  /** Skips the Received fields at the beginning of the stream, with their continuation lines. */
  private static void skipReceived(InputStream in) throws IOException {
    boolean within = false;
    while (true) {
      in.mark(RECEIVED.length + 1);
      int first = in.read();
      boolean folded = first == ' ' || first == '\t';
      in.reset();
      if (!(folded && within) && !beginsWithReceived(in)) {
        return;
      }
      within = true;
      int octet = in.read();
      while (octet >= 0 && octet != '\n') {
        octet = in.read();
      }
    }
  }

  private static boolean beginsWithReceived(InputStream in) throws IOException {
    in.mark(RECEIVED.length + 1);
    byte[] begin = in.readNBytes(RECEIVED.length);
    in.reset();
    if (begin.length < RECEIVED.length) {
      return false;
    }
    for (int i = 0; i < begin.length; i++) {
      int octet = begin[i] >= 'A' && begin[i] <= 'Z' ? begin[i] + 32 : begin[i];
      if (octet != RECEIVED[i]) {
        return false;
      }
    }
    return true;
  }
}
