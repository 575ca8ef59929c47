package org.qscan.qmail;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * Finds out which other users could replace a file, because they may write to a directory of its
 * path. A sticky directory such as {@code /tmp} is safe, unless it is the last one: only the owner
 * of an entry can remove or rename it there (unlink(2), rename(2)). The last directory must not be
 * one, because anybody may make the file there before we do.
 *
 * <p>Access control lists need not be checked, because the mode's bits of the group are the most
 * that they can allow (acl(5)).
 */
public final class SecurePath {

  private static final int WRITABLE_BY_OTHERS = 022;
  private static final int STICKY = 01000;

  /** How many links the kernel follows in one path (path_resolution(7)). */
  private static final int MOST_LINKS = 40;

  private SecurePath() {}

  /**
   * Checks every directory that the kernel passes on its way to the file: those of the path, and
   * those of every symbolic link in it, wherever the links lead.
   *
   * @param key the key that names the file, for the sentence
   * @param file an absolute path; the file need not exist, but its directory must
   * @param user the only user beside root who may be able to replace it
   * @return a sentence with the directory, its owner and mode and what to run; empty if nobody but
   *     these two can replace the file
   * @throws IOException if a directory is missing or cannot be checked, or if there are too many
   *     links
   */
  public static String trouble(String key, Path file, int user) throws IOException {
    List<Step> steps = steps(file);
    for (int i = steps.size() - 1; i >= 0; i--) { // the directory next to the file is named first
      Step step = steps.get(i);
      String trouble = of(step.directory, step.entry, i == steps.size() - 1, user);
      if (!trouble.isEmpty()) {
        return key + " " + file + " can be replaced by other users: " + trouble;
      }
    }
    return "";
  }

  /**
   * A name that is looked up.
   *
   * @param directory the directory, without symbolic links
   * @param entry the name in it
   */
  private record Step(Path directory, Path entry) {}

  /** The steps in the order in which names are looked up. The last one is that of the file. */
  private static List<Step> steps(Path file) throws IOException {
    List<Step> steps = new ArrayList<>();
    Deque<Path> names = new ArrayDeque<>();
    file.forEach(names::add);
    Path directory = Path.of("/");
    int links = 0;
    while (!names.isEmpty()) {
      Path name = names.remove();
      Path entry = directory.resolve(name);
      if (name.toString().equals("..")) {
        Path parent = directory.getParent();
        directory = parent == null ? directory : parent;
        continue;
      }
      steps.add(new Step(directory, entry));
      if (names.isEmpty()) {
        return steps;
      }
      if (!Files.isSymbolicLink(entry)) {
        directory = entry.toRealPath(LinkOption.NOFOLLOW_LINKS);
        continue;
      }
      if (++links > MOST_LINKS) {
        throw new FileSystemLoopException(file.toString());
      }
      Path target = Files.readSymbolicLink(entry);
      directory = target.isAbsolute() ? Path.of("/") : directory;
      for (int i = target.getNameCount() - 1; i >= 0; i--) {
        names.addFirst(target.getName(i));
      }
    }
    return steps;
  }

  private static String of(Path directory, Path entry, boolean last, int user) throws IOException {
    Map<String, Object> facts = Files.readAttributes(directory, "unix:uid,mode");
    int owner = (Integer) facts.getOrDefault("uid", -1);
    int mode = (Integer) facts.getOrDefault("mode", 0);
    if (owner != 0 && owner != user) {
      return directory
          + " belongs to user "
          + owner
          + ": chown "
          + (last ? user : "root")
          + " "
          + directory;
    }
    if ((mode & WRITABLE_BY_OTHERS) == 0) {
      return "";
    }
    if ((mode & STICKY) != 0 && !last) {
      int owned = (Integer) Files.getAttribute(entry, "unix:uid", LinkOption.NOFOLLOW_LINKS);
      if (owned == 0 || owned == user) {
        return "";
      }
    }
    return directory
        + ((mode & STICKY) != 0
            ? " is open to all users (mode 0"
                + Integer.toOctalString(mode & 07777)
                + "): name a path in a directory of its own"
            : " is writable by its group or by others (owner "
                + owner
                + ", mode 0"
                + Integer.toOctalString(mode & 07777)
                + "): chmod go-w "
                + directory);
  }
}
