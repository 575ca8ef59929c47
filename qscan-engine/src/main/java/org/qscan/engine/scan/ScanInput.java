package org.qscan.engine.scan;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;

/**
 * What has to be scanned of one message: the files below a directory, or octets in memory in place
 * of such files. QScan chooses the names.
 */
public final class ScanInput {

  private final Path directory;
  private final @Nullable Map<Path, ByteBuffer> memory;
  private final Map<Path, Path> twins; // below the directory
  private @Nullable Inventory inventory;

  private ScanInput(
      Path directory,
      @Nullable Map<Path, ByteBuffer> memory,
      @Nullable Inventory inventory,
      Map<Path, Path> twins) {
    this.directory = directory;
    this.memory = memory;
    this.inventory = inventory;
    this.twins = twins;
  }

  /**
   * All files below this directory. {@link #change()} compares them with the first time that they
   * were listed.
   */
  public static ScanInput in(Path directory) {
    return new ScanInput(directory, null, null, Map.of());
  }

  /**
   * All files below this directory. {@link #change()} compares them with what is there now.
   *
   * @throws ScanFailure if it cannot be read
   */
  public static ScanInput asItIs(Path directory) throws ScanFailure {
    ScanInput input = new ScanInput(directory, null, null, Map.of());
    input.files();
    return input;
  }

  /** The same files after they have been moved. */
  public ScanInput movedTo(Path to) {
    return memory != null || to.equals(directory)
        ? this
        : new ScanInput(to, null, inventory, twins);
  }

  /**
   * The same input, of which a scanner that ignores names need not be shown everything.
   *
   * @param shown for some of the files, another file that contains all that they contain
   */
  public ScanInput withTwins(Map<Path, Path> shown) {
    Map<Path, Path> below = new HashMap<>();
    shown.forEach(
        (file, twin) -> below.put(directory.relativize(file), directory.relativize(twin)));
    return new ScanInput(directory, memory, inventory, below);
  }

  /**
   * The file that is shown in place of this one to a scanner that ignores names; this one itself if
   * there is no other.
   */
  public Path shownAs(Path file) {
    Path twin = twins.isEmpty() ? null : twins.get(directory.relativize(file));
    return twin == null ? file : directory.resolve(twin);
  }

  /**
   * Checks whether all files are still there, with the same size and time. If somebody has removed
   * a file meanwhile, a scanner finds nothing in it and does not report that.
   *
   * @return an empty text, or a sentence that says what is different
   */
  public String change() {
    Inventory before = inventory;
    return memory != null || before == null ? "" : before.change(directory);
  }

  /**
   * Octets in memory, for scanners that {@linkplain VirusScanner#needsFiles need no files}.
   *
   * @param directory where they would be; it need not exist
   * @param octets the octets by the path that each would have; they must not be changed
   */
  public static ScanInput inMemory(Path directory, Map<Path, ByteBuffer> octets) {
    return new ScanInput(directory, octets, null, Map.of());
  }

  /** The directory. */
  public Path directory() {
    return directory;
  }

  /** All files, in the order of their names. */
  public List<Path> files() throws ScanFailure {
    List<Path> files = new ArrayList<>();
    if (memory == null) {
      Inventory now = Inventory.of(directory, files);
      if (inventory == null) {
        inventory = now;
      }
    } else {
      files.addAll(memory.keySet());
    }
    return files;
  }

  /** The octets of one file. */
  public InputStream open(Path file) throws IOException {
    if (memory == null) {
      return Files.newInputStream(file);
    }
    ByteBuffer octets = octets(file);
    return new ByteArrayInputStream(octets.array(), octets.arrayOffset(), octets.limit());
  }

  /** The size of a file in octets. */
  public long size(Path file) throws IOException {
    return memory == null ? Files.size(file) : octets(file).limit(); // File.length() is 0 for none
  }

  private ByteBuffer octets(Path file) throws IOException {
    ByteBuffer octets = memory == null ? null : memory.get(file);
    if (octets == null) {
      throw new NoSuchFileException(file.toString());
    }
    return octets;
  }
}
