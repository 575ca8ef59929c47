package org.qscan.qmail.daemon;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/**
 * {@code .new} beside the socket: a directory that only our user may write, in which a file gets
 * its content, mode and group before it gets its name. Java changes the mode of a path and not of a
 * descriptor, and it follows symbolic links. So if others may write to the socket's directory, they
 * could put a link there just before.
 *
 * <p>A directory that its group can write is not refused, although its members could replace {@code
 * .new} itself, because a site that chose such a group would have no mail at all after an upgrade:
 * {@code qscan check} fails for it, and qscand logs an alarm ({@link org.qscan.qmail.SecurePath}).
 */
final class StagingDirectory {

  private static final String NAME = ".new";
  private static final int OTHERS_WRITE = 02;
  private static final int STICKY = 01000;

  private StagingDirectory() {}

  /**
   * The path at which to make the file that is moved to this name afterwards. No file is there.
   *
   * @param file the absolute path
   * @throws IOException if the directory cannot be made, if another user has made it, or if every
   *     user could replace it
   */
  static Path pathFor(Path file) throws IOException {
    Path parent = file.getParent();
    Path name = file.getFileName();
    if (parent == null || name == null) {
      throw new IOException(file + " is not the name of a file");
    }
    refuseOpenToAll(file, parent.toRealPath());
    Path staged = make(parent.resolve(NAME)).resolve(name);
    Files.deleteIfExists(
        staged); // left by a killed process; if it is a link, the link itself is removed
    return staged;
  }

  private static void refuseOpenToAll(Path file, Path real) throws IOException {
    for (Path above = real; above != null; above = above.getParent()) {
      int mode = (Integer) Files.getAttribute(above, "unix:mode");
      if ((mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0) {
        throw new IOException(
            "every user can replace "
                + file
                + ", because "
                + above
                + " has mode 0"
                + Integer.toOctalString(mode & 07777)
                + ": chmod go-w "
                + above);
      }
    }
  }

  private static Path make(Path directory) throws IOException {
    try {
      return create(directory);
    } catch (FileAlreadyExistsException e) {
      Map<String, Object> facts =
          Files.readAttributes(directory, "unix:uid,mode,isDirectory", LinkOption.NOFOLLOW_LINKS);
      if (!Boolean.TRUE.equals(facts.get("isDirectory"))) {
        Files.delete(directory);
        return create(directory);
      }
      if (!facts.getOrDefault("uid", -1).equals(effectiveUid())
          || ((Integer) facts.getOrDefault("mode", 0) & 077) != 0) {
        throw new IOException(
            directory + " does not belong to qscand's user alone (mode 0700): remove it", e);
      }
      return directory;
    }
  }

  private static Path create(Path directory) throws IOException {
    try {
      return Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (NoSuchFileException e) {
      throw new IOException(directory.getParent() + " does not exist", e);
    }
  }

  /** The effective uid of this process: it owns /proc/self (proc(5)). */
  private static Object effectiveUid() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }
}
