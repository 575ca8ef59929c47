package org.qscan.engine.store;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;

/**
 * What one extractor makes of a message: parts, or files in a directory if a program writes them
 * itself. The extractor's thread writes it, and the session's thread reads it.
 */
public final class PartStore {

  private final String name;
  private final SessionDirectory sessionDirectory;
  private final MemoryBudget.Share share;
  private final List<PartBytes> parts = new ArrayList<>();
  private @Nullable Path directory;
  private boolean cutShort;

  public PartStore(String name, SessionDirectory sessionDirectory, MemoryBudget.Share share) {
    this.name = name;
    this.sessionDirectory = sessionDirectory;
    this.share = share;
  }

  /** What the message may cost in this process. */
  public Effort effort() {
    return share.effort();
  }

  /** A store whose parts are files in this directory, which must exist and be empty. */
  public static PartStore of(Path directory) {
    PartStore store = new PartStore("", () -> directory, MemoryBudget.none().share());
    store.directory = directory;
    return store;
  }

  /**
   * The directory of this store, made now if it is not there: for a program that fills it with
   * files.
   */
  public synchronized Path directory() throws IOException {
    Path made = directory;
    if (made == null) {
      sessionDirectory.make();
      made = sessionDirectory.path().resolve(name);
      Files.createDirectory(
          made, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      directory = made;
    }
    return made;
  }

  /**
   * Adds another part, which is empty. It belongs to the store from now on, even if it is not
   * completed.
   *
   * @throws IOException if there are too many
   */
  public synchronized PartBytes add() throws IOException {
    if (!share.countPart()) {
      cutShort = true;
      throw new IOException("too many parts");
    }
    String number = Integer.toString(parts.size() + 1);
    PartBytes part = new PartBytes(number, share, () -> directory().resolve(number));
    parts.add(part);
    return part;
  }

  /**
   * Removes a part as if it had never been made.
   *
   * @param part the last one
   */
  public synchronized void remove(PartBytes part) throws IOException {
    parts.remove(parts.size() - 1);
    part.discard();
  }

  /**
   * Fails if parts are missing because other messages have so many: such a store is not a complete
   * view of the message.
   *
   * @throws ScanFailure if parts are missing
   */
  public synchronized void failIfCutShort() throws ScanFailure {
    if (cutShort) {
      throw new ScanFailure(
          name
              + ": this message and others together have more parts than a heap of "
              + (Runtime.getRuntime().maxMemory() >> 20)
              + " MiB (-Xmx) can hold: lower extract.max-parts, so that messages with the most parts"
              + " are refused, or gate.slots, so that fewer are taken apart at the same time");
    }
  }

  /**
   * All parts, including files that a program has written. Call it when the extractor has ended.
   */
  public synchronized List<PartBytes> all() throws IOException, ScanFailure {
    List<PartBytes> all = new ArrayList<>(parts);
    if (directory == null) {
      return all;
    }
    Set<Path> known = new LinkedHashSet<>();
    for (PartBytes part : parts) {
      Path file = part.file();
      if (file != null) {
        known.add(file);
      }
    }
    for (Path file : list(directory)) {
      if (!known.contains(file)) {
        cutShort |= !share.countPart();
        failIfCutShort();
        all.add(PartBytes.of(regular(file), share));
      }
    }
    return all;
  }

  private Path regular(Path file) throws IOException {
    BasicFileAttributes facts =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!facts.isRegularFile()) {
      throw new IOException(name + " made something that is not a regular file");
    }
    return file;
  }

  private static List<Path> list(Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        files.add(entry);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return files;
  }
}
