package org.qscan.qmail.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.qscan.qmail.diversion.Standing;

/**
 * Looks whether qmail-queue is still qscan-client. It may be asked twice a second: it only reads
 * the files again if one of them has changed.
 */
final class DiversionWatch {

  private String seen = "";
  private @Nullable Standing standing;
  private boolean doubted; // at the last look for troubles

  /** How it is now. From any thread. */
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
   * A sentence, if mail does not come through here although it should, or if that is not known, and
   * it was so at the look before as well. For {@code qscan enable} and {@code disable} take two
   * steps, and what is between them is no reason to wake anybody. Else empty.
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
   * What changes if a file is written, replaced or removed, or if somebody else may read it: the
   * time of the last change of its status changes with all of these.
   */
  private static String facts(Path file) {
    try {
      return file
          + " "
          + new TreeMap<>(Files.readAttributes(file, "unix:dev,ino,ctime,size"))
          + "\n";
    } catch (IOException e) {
      return e + "\n"; // that it is not there is not the same as that it may not be looked at
    }
  }
}
