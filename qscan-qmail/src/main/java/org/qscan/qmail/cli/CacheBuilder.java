package org.qscan.qmail.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.qscan.engine.ScanFailure;

/**
 * Builds the class archive that makes {@code bin/qscan-queue} start faster. It is built only when
 * the operator asks for it, and never when a message arrives: that takes seconds, needs the right
 * to write in lib, and a burst of messages would build it many times.
 */
final class CacheBuilder {

  private static final int RUNS = 5;
  private static final String SCRATCH = ".training-";

  private final CacheDirectory cache;
  private final PrintWriter out;

  CacheBuilder(Path home, PrintWriter out) {
    this.cache = new CacheDirectory(home);
    this.out = out;
  }

  /**
   * Builds the archive, tries it, and installs it.
   *
   * @return the option by which the launcher now names it
   * @throws CacheFailure if it cannot be built; the message says what to check
   */
  String build() throws CacheFailure {
    if (!cache.isWritable()) {
      throw new CacheFailure(
          cache.path() + " cannot be written: run 'qscan install-cache' as its owner");
    }
    try {
      cache.make();
      try (FileChannel channel =
              FileChannel.open(
                  cache.path().resolve(".lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock alone = channel.tryLock()) {
        if (alone == null) {
          throw new CacheFailure("another 'qscan install-cache' is running");
        }
        return buildAlone();
      }
    } catch (IOException e) {
      throw new CacheFailure(cache.path() + " cannot be written: " + ScanFailure.inWords(e));
    }
  }

  private String buildAlone() throws IOException, CacheFailure {
    removeScratch(); // left by a process that was killed
    String id = cache.jarId();
    if (!id.equals(cache.buildId())) {
      throw new CacheFailure(
          cache.home().resolve("lib/build-id")
              + " is not the SHA-256 of qscan.jar beside it: install both from one package");
    }
    Jdk jdk = Jdk.running();
    ArchiveKind kind = ArchiveKind.of(jdk);
    Path archive = cache.archive(id, kind);
    Path scratch = Files.createTempDirectory(cache.path(), SCRATCH);
    try {
      Training training = new Training(scratch, Launch.of(cache.home()), jdk, cache.jar());
      out.println("building the class archive for " + jdk.java() + " (" + Runtime.version() + ")");
      Path built = scratch.resolve(archive.getFileName());
      training.run(kind.make() + built);
      if (!Files.isRegularFile(built)) {
        throw new CacheFailure(jdk.java() + " wrote no archive: is there room on the disk?");
      }
      training.run(kind.use() + built, kind.insist());
      measure(training, kind.use() + built);
      cache.install(built, archive, jdk, kind, id);
    } finally {
      removeScratch();
    }
    return confirmed(archive, kind);
  }

  private void measure(Training training, String archive) throws IOException, CacheFailure {
    long with = mean(training, archive);
    long without = mean(training, Launch.NO_ARCHIVE);
    out.println(
        "CPU for a small mail, mean of "
            + RUNS
            + ": "
            + with
            + " ms with the archive, "
            + without
            + " ms without it");
  }

  private static long mean(Training training, String option) throws IOException, CacheFailure {
    long start = ChildTime.millis();
    for (int i = 0; i < RUNS; i++) {
      training.run(option);
    }
    return (ChildTime.millis() - start) / RUNS;
  }

  /** Asks the launcher whether it uses the archive, and with which option. */
  private String confirmed(Path archive, ArchiveKind kind) throws CacheFailure {
    String wanted = kind.use() + archive;
    if (!Launch.of(cache.home()).archive().equals(wanted)) {
      throw new CacheFailure(
          "lib/launch does not use what " + cache.path().resolve("settings") + " says");
    }
    return wanted;
  }

  private void removeScratch() throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(cache.path(), SCRATCH + "*")) {
      for (Path one : all) {
        remove(one);
      }
    }
  }

  private static void remove(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      try (DirectoryStream<Path> all = Files.newDirectoryStream(path)) {
        for (Path one : all) {
          remove(one);
        }
      }
    }
    Files.delete(path);
  }
}
