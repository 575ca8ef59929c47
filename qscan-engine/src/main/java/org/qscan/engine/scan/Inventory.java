package org.qscan.engine.scan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.qscan.engine.ScanFailure;

/**
 * The files that a scanner has to be shown, each with its inode, size and time of change. Only a
 * hash of 64 bits is kept for each file, because a message may have thousands of files and many
 * messages may wait. This is about accidents (a job that cleans temporary files, somebody who
 * restores a directory); the chance that two files have the same hash is 1 in 10^19.
 */
final class Inventory {

  private final long[] stamps;

  private Inventory(long[] stamps) {
    this.stamps = stamps;
  }

  /**
   * Records the files as they are now.
   *
   * @param directory a directory above all of them; they may be moved together with it
   * @throws ScanFailure if one of them is gone already
   */
  static Inventory of(Path directory, List<Path> files) throws ScanFailure {
    long[] stamps = new long[files.size()];
    for (int i = 0; i < stamps.length; i++) {
      try {
        stamps[i] = stamp(directory, files.get(i));
      } catch (IOException e) {
        throw new ScanFailure(files.get(i) + " was gone before it was scanned" + ADVICE, e);
      }
    }
    Arrays.sort(stamps);
    return new Inventory(stamps);
  }

  private static final String ADVICE =
      " (does a job such as tmpreaper clean up below work.directory?)";

  /**
   * Compares the files with those that are there now. Additional files are no difference.
   *
   * @param directory the directory in which they are now
   * @return a sentence that says what is different, or an empty one
   */
  String change(Path directory) {
    List<Path> files = new ArrayList<>();
    try {
      ScanInput.collect(directory.toFile(), files);
    } catch (ScanFailure e) {
      return e.getMessage() + ", which was there before the scan" + ADVICE;
    }
    long[] now = new long[files.size()];
    int there = 0;
    for (Path file : files) {
      try {
        now[there] = stamp(directory, file);
        there++;
      } catch (IOException e) {
        // The file is gone, so it will be missing in the comparison.
      }
    }
    Arrays.sort(now, 0, there);
    int missing = 0;
    for (long stamp : stamps) {
      missing += Arrays.binarySearch(now, 0, there, stamp) < 0 ? 1 : 0;
    }
    return missing == 0
        ? ""
        : missing
            + " of "
            + stamps.length
            + " files in "
            + directory
            + " were removed or changed while they were scanned"
            + ADVICE;
  }

  private static long stamp(Path directory, Path file) throws IOException {
    BasicFileAttributes facts =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    long stamp = directory.relativize(file).hashCode();
    stamp = mixed(stamp, String.valueOf(facts.fileKey()).hashCode());
    stamp = mixed(stamp, facts.size());
    stamp = mixed(stamp, facts.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS));
    return stamp;
  }

  /**
   * Mixes two numbers with the steps of SplitMix64, so that each bit of either one changes all
   * bits.
   */
  private static long mixed(long one, long other) {
    long z = one * 0x9e3779b97f4a7c15L + other;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
