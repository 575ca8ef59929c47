package org.qscan.qmail.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import org.qscan.qmail.diversion.Standing;

/**
 * Looks whether qmail-queue is still qscan-client. It may be asked twice a second: it only reads
 * the files again if one of them has changed.
 */
final class DiversionWatch {

  private String seen = "";
  private @Nullable Standing standing;

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

  /** What changes if a file is written, replaced or removed. */
  private static String facts(Path file) {
    try {
      BasicFileAttributes facts = Files.readAttributes(file, BasicFileAttributes.class);
      return file
          + " "
          + facts.fileKey()
          + " "
          + facts.size()
          + " "
          + facts.lastModifiedTime()
          + "\n";
    } catch (IOException e) {
      return file + " -\n";
    }
  }
}
