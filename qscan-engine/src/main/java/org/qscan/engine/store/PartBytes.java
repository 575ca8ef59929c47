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
 * One part of a message as an extractor decoded it: in memory while there is room for it, otherwise
 * in a file. One thread writes it, from its first octet to its last. After that, it can be read.
 */
public final class PartBytes extends OutputStream {

  /** Chooses the name of a file, and makes the directory for it. */
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
   * @param naming chooses the file if it does not stay in memory
   */
  PartBytes(String name, MemoryBudget.Share share, Naming naming) {
    this.name = name;
    this.share = share;
    this.naming = naming;
  }

  /** A part that another program has written to a file. */
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

  /**
   * Whether there is room for more octets. The array grows by doubling; a part that is written in
   * one call gets no more than it needs.
   */
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
    FileChannel opened = create(name);
    file = name;
    out = opened;
    write(opened, ByteBuffer.wrap(octets, 0, (int) size));
    forget();
  }

  private static FileChannel create(Path name) throws IOException {
    return FileChannel.open(name, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
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

  /** The extractor's name for it: a number, or a name that the sender chose. */
  public String name() {
    return name;
  }

  /** Its size in octets. */
  public long size() {
    return size;
  }

  /** The whole part, which must not be changed; null if it is in a file. */
  public @Nullable ByteBuffer inMemory() {
    return file == null ? ByteBuffer.wrap(octets, 0, (int) size) : null;
  }

  /** Its file; null if it is in memory. */
  public @Nullable Path file() {
    return file;
  }

  /** The content from its first octet. */
  public InputStream open() throws IOException {
    Path from = file;
    return from == null
        ? new ByteArrayInputStream(octets, 0, (int) size)
        : Files.newInputStream(from);
  }

  /**
   * A hash of the content: the same for all parts of the same content, and for hardly any others.
   */
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
   * Like {@link #print()}, but without the line ends at its end.
   *
   * @return null if it is in a file, because reading it again would cost too much
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

  /** Whether both are in memory and differ only in the line ends at their ends. */
  public boolean isTwinButForLineEnds(PartBytes other) {
    if (file != null || other.file != null) {
      return false;
    }
    int length = lengthWithoutLineEnds();
    return length == other.lengthWithoutLineEnds()
        && Arrays.equals(octets, 0, length, other.octets, 0, length);
  }

  /**
   * Writes it to a file, or moves its file.
   *
   * @param to must not exist yet, and must be on the same file system
   */
  public void moveTo(Path to) throws IOException {
    Path from = file;
    if (from == null) {
      try (FileChannel opened = create(to)) {
        write(opened, ByteBuffer.wrap(octets, 0, (int) size));
      }
      forget();
    } else {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }
    file = to;
  }

  /** Removes the part with its file, as if it had never been made. */
  public void discard() throws IOException {
    close();
    if (file != null) {
      Files.delete(file);
    }
    forget();
  }
}
