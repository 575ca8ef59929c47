package org.qscan.engine.scan.program;

import java.io.File;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.time.Ticker;

/**
 * The virus data of Sophos' programs: files {@code *.ide}, {@code vdl*.vdb}, {@code *.dat}. Their
 * date is that of the newest file. An update is noticed within a minute, without a restart.
 */
final class DataFiles {

  private static final String[] ENDINGS = {".ide", ".IDE", ".vdb", ".dat"};
  private static final long LOOK_AGAIN = TimeUnit.MINUTES.toNanos(1);
  private static final long STATE_AGAIN = TimeUnit.SECONDS.toNanos(2);

  private final List<Path> directories;
  private final Ticker ticker;
  private @Nullable Instant newest;
  private String state = "";
  private long stateLooked;
  private boolean stateKnown;
  private long looked;
  private boolean known;

  private DataFiles(List<Path> directories, Ticker ticker) {
    this.ticker = ticker;
    this.directories = directories;
  }

  /**
   * The data of this program: in the directory that its variable {@code SAV_IDE} names, else where
   * Sophos installs them relative to the program.
   */
  static DataFiles of(ProgramSettings settings, Ticker ticker) {
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
    return new DataFiles(directories, ticker);
  }

  /** No data files: nothing is known about the program's data. */
  static DataFiles none() {
    return new DataFiles(List.of(), Ticker.SYSTEM);
  }

  /** The date of the newest file; null if there is none. */
  synchronized @Nullable Instant date() {
    long now = ticker.nanos();
    if (!known || now - looked > LOOK_AGAIN) {
      newest = look();
      looked = now;
      known = true;
    }
    return newest;
  }

  /**
   * The names, sizes and times of all files, which change when the data change. It may be some
   * seconds old. Empty if there are no files.
   */
  synchronized String state() {
    long now = ticker.nanos();
    if (!stateKnown || now - stateLooked > STATE_AGAIN) {
      state = lookAtAll();
      stateLooked = now;
      stateKnown = true;
    }
    return state;
  }

  private String lookAtAll() {
    StringBuilder all = new StringBuilder();
    for (Path directory : directories) {
      String[] names = directory.toFile().list();
      if (names != null) {
        Arrays.sort(names);
        for (String name : names) {
          if (isData(name)) {
            all.append(identity(directory.resolve(name)));
          }
        }
      }
    }
    return all.toString();
  }

  /** A file's path, size and time, each followed by a character that occurs in none of them. */
  static String identity(Path file) {
    File at = file.toFile();
    return file + "\0" + at.length() + "\0" + at.lastModified() + "\0";
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
