package org.qscan.qmail.daemon;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.gate.WorkDirectory;
import org.qscan.engine.time.Ticker;

/**
 * Files for messages that are too large for memory, below the work directory. They are unlinked as
 * soon as they are open, so that a killed process leaves none.
 */
final class Spool {

  private static final long MEASURE_NANOS = 1_000_000_000;

  /** With less room than this, and than a twentieth of the disk, whoever has most makes room. */
  private static final long LOW = 256L << 20;

  private final Path work;
  private final Path directory;
  private final Queue<String> news = new ConcurrentLinkedQueue<>();
  private final Ticker ticker;
  private volatile long measured;
  private volatile boolean low;
  private final AtomicLong number = new AtomicLong();

  private Spool(Path work, Path directory, Ticker ticker) {
    this.ticker = ticker;
    this.measured = ticker.nanos() - MEASURE_NANOS;
    this.work = work;
    this.directory = directory;
  }

  /**
   * Makes the directory, and clears it: one killed between a file's birth and its unlinking, an
   * instant later, has left it there.
   *
   * @param work {@code work.directory}, checked
   */
  static Spool in(Path work) throws ScanFailure {
    Path directory = work.resolve(".spool");
    try {
      makeDirectory(directory);
    } catch (IOException e) {
      throw new ScanFailure("cannot make " + directory, e);
    }
    try (DirectoryStream<Path> left = Files.newDirectoryStream(directory)) {
      for (Path file : left) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new ScanFailure("cannot clear " + directory, e);
    }
    return new Spool(work, directory, Ticker.SYSTEM);
  }

  /** Whether it was not there. */
  private static boolean makeDirectory(Path directory) throws IOException {
    try {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      return true;
    } catch (FileAlreadyExistsException e) {
      return false; // from the last time
    }
  }

  /**
   * Makes the directory again where somebody has removed it, and looks how much room there is: when
   * those that write have gone, nobody else would see that there is enough again.
   *
   * @return a sentence each time that was needed since the last call
   * @throws ScanFailure if it cannot be made, or the work directory is not safe to work in
   */
  List<String> lookAfter() throws ScanFailure {
    restore();
    measure();
    List<String> sentences = new ArrayList<>();
    for (String sentence = news.poll(); sentence != null; sentence = news.poll()) {
      sentences.add(sentence);
    }
    return sentences;
  }

  private void restore() throws ScanFailure {
    if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    WorkDirectory.open(work, false); // which says what is wrong with it
    try {
      if (makeDirectory(directory)) {
        news.add(
            directory
                + " was removed and has been made again: find out what removes it, and stop that");
      }
    } catch (IOException e) {
      throw new ScanFailure("cannot make " + directory + " again", e);
    }
  }

  /**
   * A new file without a name, open for writing and reading.
   *
   * @throws IOException if it cannot be made; the message says why
   */
  FileChannel open() throws IOException {
    try {
      return create();
    } catch (NoSuchFileException e) {
      try {
        restore();
      } catch (ScanFailure failure) {
        throw new IOException(failure.getMessage(), failure);
      }
      return create();
    }
  }

  private FileChannel create() throws IOException {
    return FileChannel.open(
        directory.resolve(ProcessHandle.current().pid() + "-" + number.incrementAndGet()),
        Set.of(
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE), // which on Unix means: at once
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /**
   * Looks how much room there is, once a second at most; may take as long as the disk takes. Not by
   * a FileStore: that looks the disk up in the table of mounts, where a chroot's may be missing.
   */
  void measure() {
    long now = ticker.nanos();
    if (now - measured < MEASURE_NANOS) {
      return;
    }
    measured = now;
    File disk = directory.toFile();
    measured(disk.getUsableSpace(), disk.getTotalSpace()); // 0 of 0 if it cannot be known
  }

  /**
   * What was found.
   *
   * @param left in bytes
   * @param all of the disk, in bytes
   */
  void measured(long left, long all) {
    low = left < Math.min(all / 20, LOW);
  }

  /** Whether there was little room when somebody last looked. */
  boolean isLow() {
    return low;
  }
}
