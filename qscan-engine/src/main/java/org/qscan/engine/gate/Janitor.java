package org.qscan.engine.gate;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes what a killed process left: its directory, its ticket at the gate, its lock file, and its
 * children. It never goes by age, but only by the lock, which proves that the owner is gone (see
 * {@link WorkDirectory}).
 */
public final class Janitor {

  private final WorkDirectory work;
  private final ProcessReaper reaper;

  /**
   * A janitor for this directory.
   *
   * @param work the directory
   * @param reaper ends the processes that a dead session has left running
   */
  public Janitor(WorkDirectory work, ProcessReaper reaper) {
    this.work = work;
    this.reaper = reaper;
  }

  /**
   * Removes everything that dead sessions left.
   *
   * @return the ids of the sessions whose directories were removed
   * @throws IOException if the work directory cannot be read; a single file that cannot be removed
   *     stays until the next call
   */
  public List<String> clean() throws IOException {
    List<String> cleaned = new ArrayList<>();
    // Directories before lock files: one that is listed and has no lock file any more is dead,
    // unless the lock is found by its other name. Where its owner has just removed it himself,
    // nothing is left to do.
    for (String id : ids(work.path())) {
      // notExists() is not !exists(): an error in asking is no proof of death.
      if (Files.notExists(live(id), LinkOption.NOFOLLOW_LINKS) && !work.isAlive(id)) {
        buried(id, cleaned);
      }
    }
    for (String id : ids(work.path().resolve(WorkDirectory.LIVE))) {
      FileChannel proof = work.seize(id);
      if (proof != null) {
        try (proof) {
          if (buried(id, cleaned)) {
            Files.deleteIfExists(live(id));
          }
        }
      }
    }
    for (String ticket : work.tickets().inAnyFile()) {
      String id = Tickets.idOf(ticket);
      if (!work.isAlive(id) && reaper.end(id)) {
        work.tickets().bury(ticket);
      }
    }
    return cleaned;
  }

  private boolean buried(String id, List<String> cleaned) {
    if (!reaper.end(id)) {
      return false; // a child of it cannot be killed, and may still write there
    }
    try {
      if (exists(work.path().resolve(id))) {
        Trees.remove(work.path().resolve(id));
        cleaned.add(id);
      }
      return true;
    } catch (IOException e) {
      // Another process removes it, or a file belongs to another user: the next call tries again.
      return false;
    }
  }

  private static boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  private Path live(String id) {
    return work.lockFile(id);
  }

  private static List<String> ids(Path directory) throws IOException {
    List<String> ids = WorkDirectory.names(directory);
    ids.removeIf(name -> !WorkDirectory.isId(name));
    return ids;
  }
}
