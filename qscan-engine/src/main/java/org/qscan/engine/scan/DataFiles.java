package org.qscan.engine.scan;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The virus data of Sophos' programs: files {@code *.ide}, {@code vdl*.vdb}, {@code *.dat}. Their
 * date is that of the newest; an update is seen within a minute, without a restart.
 */
final class DataFiles {

  private static final String[] ENDINGS = {".ide", ".IDE", ".vdb", ".dat"};
  private static final long LOOK_AGAIN = TimeUnit.MINUTES.toNanos(1);

  private final List<Path> directories;
  private @Nullable Instant newest;
  private long looked;
  private boolean known;

  private DataFiles(List<Path> directories) {
    this.directories = directories;
  }

  /**
   * The data of this program: where its variable {@code SAV_IDE} says, else where Sophos puts them
   * relative to the program.
   */
  static DataFiles of(ProgramSettings settings) {
    List<Path> directories = new ArrayList<>();
    String named = settings.environment().get("SAV_IDE");
    if (named != null) {
      directories.add(Path.of(named));
    } else {
      Path bin = settings.program().getParent();
      Path root = bin == null ? null : bin.getParent();
      if (root != null) {
        directories.add(root.resolve("lib/sav")); // v5 to v9
        directories.add(root.resolve("sav")); // v4 and older: main data and identities apart
        directories.add(root.resolve("ide"));
      }
    }
    return new DataFiles(directories);
  }

  /** No such files: the program says no more than it says. */
  static DataFiles none() {
    return new DataFiles(List.of());
  }

  /** The date of the newest file; null where there is none. */
  synchronized @Nullable Instant date() {
    long now = System.nanoTime();
    if (!known || now - looked > LOOK_AGAIN) {
      newest = look();
      looked = now;
      known = true;
    }
    return newest;
  }

  private @Nullable Instant look() {
    long latest = 0;
    for (Path directory : directories) {
      String[] names = directory.toFile().list();
      for (String name : names == null ? new String[0] : names) {
        if (isData(name)) {
          latest = Math.max(latest, directory.resolve(name).toFile().lastModified());
        }
      }
    }
    return latest == 0 ? null : Instant.ofEpochMilli(latest);
  }

  private static boolean isData(String name) {
    for (String ending : ENDINGS) {
      if (name.endsWith(ending)) {
        return true;
      }
    }
    return false;
  }
}
