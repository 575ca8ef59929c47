package org.qscan.engine.batch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds out by the access times of files which ones a scanner had read when it stopped in the
 * middle of a run. This is only a hint where to look first for the message that made it stop; no
 * answer depends on it.
 *
 * <p>Under {@code relatime}, Linux's default, only the first reading after a change leaves a trace
 * (mount(8)), and so the times are put back to 1970 before each run. A file system that is mounted
 * with {@code noatime} tells nothing, and neither does a scanner that opens files with {@code
 * O_NOATIME}.
 */
final class AccessTimes {

  private static final FileTime NEVER = FileTime.fromMillis(0);

  /**
   * Times that are closer than this tell no order: it is the longest tick of a Linux kernel's clock
   * (HZ=100). Times with a finer resolution do not help. Since Linux 6.13, a file whose other times
   * were changed and read within the same tick has an access time with nanoseconds. It may seem
   * later than a file that was read after it and has the time at which the tick began.
   */
  private static final Duration TICK = Duration.ofMillis(10);

  /** The most files that are worth this effort. */
  private static final int MOST = 10_000;

  private AccessTimes() {}

  /** Resets the access times of all files below a directory before a run, as far as possible. */
  static void wipe(Path root) {
    for (Path file : files(root)) {
      try {
        Files.getFileAttributeView(file, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
            .setTimes(null, NEVER, null);
      } catch (IOException e) {
        // The file looks as if it had been read, so at worst no message seems to be the last one.
      }
    }
  }

  /**
   * Finds the messages whose files were read last.
   *
   * @param root the directory that holds a directory for each message
   * @param places the directories of the messages in question, {@linkplain #wipe wiped} before
   * @return if the messages may have been read in the order in which the directory lists them, or
   *     in that of their names: the last one that was read; otherwise those with the newest time,
   *     within a tick of the kernel's clock; none if nothing was read, or if files of all messages
   *     were read
   */
  static Set<Path> last(Path root, Collection<Path> places) {
    Map<Path, FileTime> times = new HashMap<>();
    for (Path place : places) {
      newest(place, times);
    }
    if (times.isEmpty() || times.size() == places.size()) {
      return Set.of();
    }
    Instant tick = Collections.max(times.values()).toInstant().minus(TICK);
    Set<Path> last = new HashSet<>();
    times.forEach((place, time) -> {
      if (!time.toInstant().isBefore(tick)) {
        last.add(place);
      }
    });
    Set<Path> ends = ends(list(root), places, times.keySet());
    ends.retainAll(last);
    return ends.isEmpty() ? last : ends;
  }

  /**
   * The messages at which a scanner may have stopped that goes by the directory's order, or by that
   * of names.
   */
  private static Set<Path> ends(List<Path> listed, Collection<Path> places, Set<Path> read) {
    Set<Path> ends = new HashSet<>();
    for (List<Path> order : List.of(listed, listed.stream().sorted().toList())) {
      List<Path> first = order.stream().filter(places::contains).limit(read.size()).toList();
      if (!first.isEmpty() && read.containsAll(first)) {
        ends.add(first.get(first.size() - 1));
      }
    }
    return ends;
  }

  private static List<Path> list(Path root) {
    try (Stream<Path> list = Files.list(root)) {
      return list.toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
  }

  private static void newest(Path place, Map<Path, FileTime> times) {
    for (Path file : files(place)) {
      try {
        FileTime read =
            Files.getFileAttributeView(
                    file, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes()
                .lastAccessTime();
        if (read.compareTo(NEVER) > 0) {
          times.merge(place, read, (one, other) -> one.compareTo(other) > 0 ? one : other);
        }
      } catch (IOException e) {
        // The file is gone: the scanner may have put it into quarantine, or its message has left.
      }
    }
  }

  private static List<Path> files(Path root) {
    try (Stream<Path> walk = Files.walk(root)) {
      List<Path> files =
          walk.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
              .limit(MOST + 1)
              .toList();
      return files.size() > MOST ? List.of() : files;
    } catch (IOException | UncheckedIOException e) { // a directory was removed meanwhile
      return List.of();
    }
  }
}
