package org.qscan.engine.scan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.qscan.engine.ScanFailure;

/**
 * The files that a scanner has to be shown, each with its inode, size and time of change. Only a
 * hash of 64 bits is kept for each file, because a message may have thousands of files and many
 * messages may wait. This is about accidents (a job that cleans temporary files, somebody who
 * restores a directory); the chance that two files have the same hash is 1 in 10^19.
 */
final class Inventory {

  private static final String ADVICE =
      " (does a job such as tmpreaper clean up below work.directory?)";

  private final long[] stamps;

  private Inventory(long[] stamps) {
    this.stamps = stamps;
  }

  /**
   * Lists and records the files as they are now.
   *
   * @param directory a directory above all of them; they may be moved together with it
   * @param files gets the path of each file, in the order of the names
   * @throws ScanFailure if the directory cannot be listed, or if a file is gone already
   */
  static Inventory of(Path directory, List<Path> files) throws ScanFailure {
    List<Long> stamps = new ArrayList<>();
    look(directory, "", files, stamps, true);
    return new Inventory(sorted(stamps));
  }

  /**
   * Compares the files with those that are there now. Additional files are no difference.
   *
   * @param directory the directory in which they are now
   * @return a sentence that says what is different, or an empty one
   */
  String change(Path directory) {
    List<Long> found = new ArrayList<>();
    try {
      look(directory, "", new ArrayList<>(), found, false);
    } catch (ScanFailure e) {
      return e.getMessage() + ", which was there before the scan" + ADVICE;
    }
    long[] now = sorted(found);
    int missing = 0;
    for (long stamp : stamps) {
      missing += Arrays.binarySearch(now, stamp) < 0 ? 1 : 0;
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

  private static long[] sorted(List<Long> stamps) {
    long[] sorted = new long[stamps.size()];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = stamps.get(i);
    }
    Arrays.sort(sorted);
    return sorted;
  }

  /**
   * Looks at everything below a directory. The facts of each file are read once, because a message
   * may have thousands of files, and each question to the kernel takes microseconds.
   *
   * @param name the directory's own name, from the uppermost one
   * @param allThere whether a file that is gone meanwhile is a failure
   */
  private static void look(
      Path directory, String name, List<Path> files, List<Long> stamps, boolean allThere)
      throws ScanFailure {
    String[] names = directory.toFile().list();
    if (names == null) {
      throw new ScanFailure("cannot list " + directory);
    }
    Arrays.sort(names);
    for (String child : names) {
      Path file = directory.resolve(child);
      String below = name + '/' + child;
      BasicFileAttributes facts;
      try {
        facts = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      } catch (IOException e) {
        if (allThere) {
          throw new ScanFailure(file + " was gone before it was scanned" + ADVICE, e);
        }
        continue; // it is among the missing
      }
      if (facts.isDirectory()) {
        look(file, below, files, stamps, allThere);
      } else {
        files.add(file);
        stamps.add(stamp(below, facts));
      }
    }
  }

  private static long stamp(String name, BasicFileAttributes facts) {
    long stamp = name.hashCode();
    stamp = mixed(stamp, Objects.hashCode(facts.fileKey()));
    stamp = mixed(stamp, facts.size());
    return mixed(stamp, facts.lastModifiedTime().to(TimeUnit.NANOSECONDS));
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
