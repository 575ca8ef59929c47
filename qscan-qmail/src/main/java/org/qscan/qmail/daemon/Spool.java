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

  /**
   * If less than this and less than a twentieth of the disk is free, the holder with the most
   * octets has to make room.
   */
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
   * Makes the directory, and clears it: a process that was killed between making a file and
   * unlinking it has left the file there.
   *
   * @param work {@code work.directory}, which was checked
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

  /** Makes a directory. Returns whether it did not exist before. */
  private static boolean makeDirectory(Path directory) throws IOException {
    try {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      return true;
    } catch (FileAlreadyExistsException e) {
      return false; // it exists from the last time
    }
  }

  /**
   * Makes the directory again if somebody has removed it, and checks how much room there is: when
   * no message is being written any more, nothing else would notice that there is enough again.
   *
   * @return a sentence for each time that the directory was made again since the last call
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
    WorkDirectory.open(work, false); // this throws an exception that says what is wrong
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
            StandardOpenOption.DELETE_ON_CLOSE), // on Unix, the file is unlinked at once
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /**
   * Checks how much room there is, once a second at most. This may take as long as the disk takes.
   * It does not use a FileStore, which looks for the disk in the table of mounts, where that of a
   * chroot may be missing.
   */
  void measure() {
    long now = ticker.nanos();
    if (now - measured < MEASURE_NANOS) {
      return;
    }
    measured = now;
    File disk = directory.toFile();
    measured(disk.getUsableSpace(), disk.getTotalSpace()); // 0 of 0 if it is not known
  }

  /**
   * Takes the result.
   *
   * @param left the free room in bytes
   * @param all the size of the disk in bytes
   */
  void measured(long left, long all) {
    low = left < Math.min(all / 20, LOW);
  }

  /** Whether there was little room at the last check. */
  boolean isLow() {
    return low;
  }
}
