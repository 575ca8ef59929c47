package org.qscan.qmail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/**
 * Finds out which other users could replace a file: those who may write a directory of its path. A
 * sticky directory, as {@code /tmp} is, does no harm further up: there nobody but its owner can
 * remove or rename an entry (unlink(2), rename(2)). The last directory must not be one, for anybody
 * may make the file there before we do.
 *
 * <p>Access control lists are not looked at by themselves: the group's bits of the mode are the
 * most that they can allow (acl(5)).
 */
public final class SecurePath {

  private static final int WRITABLE_BY_OTHERS = 022;
  private static final int STICKY = 01000;

  private SecurePath() {}

  /**
   * Looks at every directory above the file, by the path as it is written and by the one that it
   * leads to.
   *
   * @param key what names the file, for the sentence
   * @param file absolute; need not be there, but its directory must
   * @param user beside root the only user who may be able to replace it
   * @return a sentence with the directory, its owner and mode and what to run; empty if nobody but
   *     these two can replace the file
   * @throws IOException if a directory is missing or cannot be looked at
   */
  public static String trouble(String key, Path file, int user) throws IOException {
    String trouble = troubleAbove(key, file, user);
    if (!trouble.isEmpty()) {
      return trouble;
    }
    Path directory = file.getParent();
    Path name = file.getFileName();
    return directory == null || name == null
        ? ""
        : troubleAbove(key, directory.toRealPath().resolve(name), user);
  }

  private static String troubleAbove(String key, Path file, int user) throws IOException {
    Path entry = file;
    for (Path directory = file.getParent(); directory != null; directory = directory.getParent()) {
      String trouble = of(directory, entry, entry.equals(file), user);
      if (!trouble.isEmpty()) {
        return key + " " + file + " can be replaced by other users: " + trouble;
      }
      entry = directory;
    }
    return "";
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
