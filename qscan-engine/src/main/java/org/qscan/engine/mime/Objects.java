package org.qscan.engine.mime;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.extract.Limits;

/**
 * The files that were made of a message: numbered, none empty, no two alike, and no more or larger
 * ones than allowed.
 */
final class Objects implements AutoCloseable {

  private static final int IN_MEMORY = 65536;

  private record Print(long size, long checksum) {}

  private final Path directory;
  private final Limits limits;
  private final BooleanSupplier cancelled;
  private final Map<Print, Path> known = new HashMap<>();
  private final List<Path> files = new ArrayList<>();

  private final byte[] buffer = new byte[IN_MEMORY];
  private final CRC32 checksum = new CRC32();
  private int buffered;
  private long size;
  private long total;
  private @Nullable OutputStream spilled;

  Objects(Path directory, Limits limits, BooleanSupplier cancelled) {
    this.directory = directory;
    this.limits = limits;
    this.cancelled = cancelled;
  }

  /** All files so far, in the order in which they were made. */
  List<Path> files() {
    return files;
  }

  /** Begins another file; what was not ended is forgotten. */
  void begin() throws IOException {
    closeSpilled();
    checksum.reset();
    buffered = 0;
    size = 0;
  }

  void write(int octet) throws IOException, OverLimitException {
    if (buffered == IN_MEMORY) {
      flush();
    }
    buffer[buffered++] = (byte) octet;
  }

  void write(byte[] octets, int offset, int length) throws IOException, OverLimitException {
    int from = offset;
    int left = length;
    while (left > 0) {
      if (buffered == IN_MEMORY) {
        flush();
      }
      int n = Math.min(left, IN_MEMORY - buffered);
      System.arraycopy(octets, from, buffer, buffered, n);
      buffered += n;
      from += n;
      left -= n;
    }
  }

  /** Octets written since {@link #begin()}. */
  long written() {
    return size + buffered;
  }

  /**
   * Ends the file.
   *
   * @return where it is, or null if it was empty or is there already
   */
  @Nullable Path end() throws IOException, OverLimitException {
    Path file = next();
    if (spilled == null) {
      return endInMemory(file);
    }
    flush();
    closeSpilled();
    Path twin = known.putIfAbsent(print(), file);
    if (twin != null && Files.mismatch(twin, file) < 0) {
      Files.delete(file);
      total -= size;
      return null;
    }
    return add(file);
  }

  private @Nullable Path endInMemory(Path file) throws IOException, OverLimitException {
    if (buffered == 0) {
      return null;
    }
    checksum.update(buffer, 0, buffered);
    size = buffered;
    Path twin = known.putIfAbsent(print(), file);
    if (twin != null && isBuffer(Files.readAllBytes(twin))) {
      return null;
    }
    count(buffered);
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(buffer, 0, buffered);
    }
    return add(file);
  }

  private boolean isBuffer(byte[] other) {
    return java.util.Arrays.equals(buffer, 0, buffered, other, 0, other.length);
  }

  private Path add(Path file) throws OverLimitException {
    files.add(file);
    if (files.size() > limits.parts()) {
      throw new OverLimitException("more parts than extract.max-parts " + limits.parts());
    }
    return file;
  }

  private Path next() {
    return directory.resolve(Integer.toString(files.size() + 1));
  }

  private Print print() {
    return new Print(size, checksum.getValue());
  }

  private void flush() throws IOException, OverLimitException {
    if (cancelled.getAsBoolean()) {
      throw new IOException("given up");
    }
    if (spilled == null) {
      spilled = Files.newOutputStream(next());
    }
    checksum.update(buffer, 0, buffered);
    size += buffered;
    count(buffered);
    spilled.write(buffer, 0, buffered);
    buffered = 0;
  }

  private void count(int octets) throws OverLimitException {
    total += octets;
    if (total > limits.bytes()) {
      throw new OverLimitException("parts are larger than extract.max-bytes " + limits.bytes());
    }
  }

  @Override
  public void close() throws IOException {
    closeSpilled();
  }

  private void closeSpilled() throws IOException {
    if (spilled != null) {
      spilled.close();
      spilled = null;
    }
  }
}
