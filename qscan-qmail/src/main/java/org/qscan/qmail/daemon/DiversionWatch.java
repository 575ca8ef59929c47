package org.qscan.qmail.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.qscan.qmail.diversion.Standing;

/**
 * Checks whether qmail-queue is still qscan-client. It may be asked twice a second, because it
 * reads the files again only if one of them has changed.
 */
final class DiversionWatch {

  private String seen = "";
  private @Nullable Standing standing;
  private boolean doubted; // whether the last look found a trouble

  /** The present state. Any thread may call this. */
  synchronized Standing look(DaemonConfig config) {
    Path usual = config.queueProgram().resolveSibling("qmail-queue");
    Standing known = standing;
    Path queue = known == null ? usual : known.queue();
    String now = facts(config.enabledFile()) + facts(queue) + facts(usual);
    if (known == null || !now.equals(seen)) {
      known = Standing.of(config.enabledFile(), usual);
      standing = known;
      seen = now;
    }
    return known;
  }

  /**
   * A sentence if mail does not come through QScan although it should, or if that is not known,
   * provided that the look before had the same result. (Between the two steps of {@code qscan
   * enable} or {@code disable}, this is no reason for an alarm.) Otherwise empty.
   */
  synchronized String trouble(DaemonConfig config) {
    Standing now = look(config);
    boolean before = doubted;
    doubted =
        switch (now.state()) {
          case REPLACED, UNKNOWN -> true;
          case IN_PLACE, NOT_IN_PLACE -> false;
        };
    return doubted && before ? now.sentence() : "";
  }

  /**
   * A text that changes if a file is written, replaced or removed, or if its mode changes: it has
   * the time of the last change of the file's status.
   */
  private static String facts(Path file) {
    try {
      return file
          + " "
          + new TreeMap<>(Files.readAttributes(file, "unix:dev,ino,ctime,size"))
          + "\n";
    } catch (IOException e) {
      return e + "\n"; // "does not exist" is not the same as "may not be read"
    }
  }
}
