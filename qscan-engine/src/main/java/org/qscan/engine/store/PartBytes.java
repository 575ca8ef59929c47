package org.qscan.engine.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * One part of a message as an extractor decoded it: in memory while there is room for it, else in a
 * file. Written by one thread, from its first octet to its last; read afterwards.
 */
public final class PartBytes extends OutputStream {

  /** Makes a file's name and the directory that it goes to. */
  @FunctionalInterface
  public interface Naming {
    Path name() throws IOException;
  }

  private final String name;
  private final MemoryBudget.Share share;
  private final Naming naming;
  private final CRC32 checksum = new CRC32();
  private byte[] octets = new byte[0];
  private long size;
  private @Nullable Path file;
  private @Nullable FileChannel out;

  /**
   * An empty part.
   *
   * @param naming where it goes if it does not stay in memory
   */
  PartBytes(String name, MemoryBudget.Share share, Naming naming) {
    this.name = name;
    this.share = share;
    this.naming = naming;
  }

  /** A file that somebody else has written. */
  static PartBytes of(Path file, MemoryBudget.Share share) throws IOException {
    PartBytes part = new PartBytes(String.valueOf(file.getFileName()), share, () -> file);
    part.file = file;
    byte[] buffer = new byte[65536];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        part.checksum.update(buffer, 0, n);
        part.size += n;
      }
    }
    return part;
  }

  @Override
  public void write(int octet) throws IOException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    if (file == null && !hasRoomFor(length)) {
      spill();
    }
    FileChannel to = out;
    if (to == null) {
      System.arraycopy(from, offset, octets, (int) size, length);
    } else {
      write(to, ByteBuffer.wrap(from, offset, length));
    }
    checksum.update(from, offset, length);
    size += length;
  }

  /** Grows by doubling; what is written at once has no more than it needs. */
  private boolean hasRoomFor(int more) {
    long needed = size + more;
    if (needed <= octets.length) {
      return true;
    }
    long capacity = Math.max(needed, 2L * octets.length);
    if (!share.take(capacity - octets.length)) {
      return false;
    }
    octets = Arrays.copyOf(octets, (int) capacity);
    return true;
  }

  private void spill() throws IOException {
    Path name = naming.name();
    FileChannel opened =
        FileChannel.open(name, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    file = name;
    out = opened;
    write(opened, ByteBuffer.wrap(octets, 0, (int) size));
    forget();
  }

  private static void write(FileChannel to, ByteBuffer octets) throws IOException {
    while (octets.hasRemaining()) {
      to.write(octets);
    }
  }

  private void forget() {
    share.give(octets.length);
    octets = new byte[0];
  }

  @Override
  public void close() throws IOException {
    FileChannel opened = out;
    out = null;
    if (opened != null) {
      opened.close();
    }
  }

  /** What the extractor calls it: a number, or a name of the sender's. */
  public String name() {
    return name;
  }

  /** Octets in it. */
  public long size() {
    return size;
  }

  /** All of it, not to be changed; null if it is in a file. */
  public @Nullable ByteBuffer inMemory() {
    return file == null ? ByteBuffer.wrap(octets, 0, (int) size) : null;
  }

  /** Where it is; null if in memory. */
  public @Nullable Path file() {
    return file;
  }

  /** All of it, from its first octet. */
  public InputStream open() throws IOException {
    Path from = file;
    return from == null
        ? new ByteArrayInputStream(octets, 0, (int) size)
        : Files.newInputStream(from);
  }

  /** The same for all parts of the same content, and for hardly any others. */
  public long print() {
    return size << 32 ^ checksum.getValue();
  }

  /** Whether the other has the same content. */
  public boolean isTwinOf(PartBytes other) throws IOException {
    if (size != other.size || checksum.getValue() != other.checksum.getValue()) {
      return false;
    }
    try (InputStream one = open();
        InputStream two = other.open()) {
      byte[] ones = new byte[8192];
      byte[] twos = new byte[8192];
      for (int n = one.readNBytes(ones, 0, ones.length);
          n > 0;
          n = one.readNBytes(ones, 0, ones.length)) {
        if (two.readNBytes(twos, 0, n) != n || !Arrays.equals(ones, 0, n, twos, 0, n)) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * Like {@link #print()}, of what is left without the ends of lines at its end.
   *
   * @return null if it is in a file: nobody reads that again for this
   */
  public @Nullable Long printWithoutLineEnds() {
    if (file != null) {
      return null;
    }
    int length = lengthWithoutLineEnds();
    if (length == size) {
      return print();
    }
    CRC32 shorter = new CRC32();
    shorter.update(octets, 0, length);
    return (long) length << 32 ^ shorter.getValue();
  }

  private int lengthWithoutLineEnds() {
    int length = (int) size;
    while (length > 0 && (octets[length - 1] == '\n' || octets[length - 1] == '\r')) {
      length--;
    }
    return length;
  }

  /** Whether both are in memory, and are the same but for ends of lines at the end. */
  public boolean isTwinButForLineEnds(PartBytes other) {
    if (file != null || other.file != null) {
      return false;
    }
    int length = lengthWithoutLineEnds();
    return length == other.lengthWithoutLineEnds()
        && Arrays.equals(octets, 0, length, other.octets, 0, length);
  }

  /**
   * Makes it a file, or moves the file that it is.
   *
   * @param to does not exist; on the same file system
   */
  public void moveTo(Path to) throws IOException {
    Path from = file;
    if (from == null) {
      Files.write(to, Arrays.copyOf(octets, (int) size), StandardOpenOption.CREATE_NEW);
      forget();
    } else {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }
    file = to;
  }

  /** As if it had never been. */
  public void discard() throws IOException {
    close();
    if (file != null) {
      Files.delete(file);
    }
    forget();
  }
}
