package org.qscan.engine.mime;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.store.MessageStore;
import org.qscan.engine.store.PartBytes;

/** A message or a part, of which any range can be read again. It has one buffer. */
final class ByteSource implements AutoCloseable {

  private static final int BUFFER = 32768;

  private final @Nullable FileChannel file; // null: all of it is in the buffer
  private final byte[] buffer;
  private final long size;
  private int position;
  private int limit;
  private long next;
  private long end;

  private ByteSource(@Nullable FileChannel file, byte[] buffer, long size) {
    this.file = file;
    this.buffer = buffer;
    this.size = size;
  }

  /** Opens a source when its content is complete. */
  @FunctionalInterface
  interface Opener {
    ByteSource open() throws IOException;
  }

  /** The octets of a file. */
  static ByteSource of(Path path) throws IOException {
    FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
    return new ByteSource(file, new byte[BUFFER], file.size());
  }

  /** A source of these octets. */
  static ByteSource of(byte[] octets) {
    return new ByteSource(null, octets, octets.length);
  }

  /** The octets of a part. */
  static ByteSource of(PartBytes part) throws IOException {
    return of(part.inMemory(), part.file());
  }

  /** The octets of a complete message. */
  static ByteSource of(MessageStore message) throws IOException {
    return of(message.inMemory(), message.file());
  }

  @SuppressWarnings("ByteBufferBackingArray") // it wraps its array from the first octet
  private static ByteSource of(@Nullable ByteBuffer memory, @Nullable Path file)
      throws IOException {
    if (memory != null) {
      return new ByteSource(null, memory.array(), memory.limit());
    }
    return of(Objects.requireNonNull(file));
  }

  long size() {
    return size;
  }

  /** Reads from here on, up to an end. */
  void seek(long start, long end) {
    this.position = 0;
    this.limit = 0;
    this.next = start;
    this.end = end;
  }

  /** The next octet, or -1 at the end of the range. */
  int read() throws IOException {
    if (position == limit && !fill()) {
      return -1;
    }
    return buffer[position++] & 0xff;
  }

  /** The next octets, at most so many, fewer at the end of the range. */
  byte[] read(int most) throws IOException {
    byte[] octets = new byte[most];
    int length = 0;
    for (int n = available(); n > 0 && length < most; n = available()) {
      int copied = Math.min(n, most - length);
      System.arraycopy(buffer, position, octets, length, copied);
      position += copied;
      length += copied;
    }
    return length == most ? octets : Arrays.copyOf(octets, length);
  }

  /** The next octet, which stays, or -1. */
  int peek() throws IOException {
    if (position == limit && !fill()) {
      return -1;
    }
    return buffer[position] & 0xff;
  }

  /**
   * How many octets are available in {@link #array()}, from {@link #position()} on; 0 at the end.
   */
  int available() throws IOException {
    return position == limit && !fill() ? 0 : limit - position;
  }

  /** The array of available octets, which must not be changed. */
  byte[] array() {
    return buffer;
  }

  /** Where in {@link #array()} the next octet is. */
  int position() {
    return position;
  }

  /** Skips octets that are available. */
  void skip(int octets) {
    position += octets;
  }

  /** Where the next octet lies in the file. */
  long offset() {
    return next - (limit - position);
  }

  private boolean fill() throws IOException {
    FileChannel from = file;
    if (from == null) {
      position = (int) Math.min(next, size);
      limit = (int) Math.max(position, Math.min(end, size)); // a range may end before it begins
      next = limit;
      return position < limit;
    }
    int wanted = (int) Math.min(buffer.length, end - next);
    if (wanted <= 0) {
      return false;
    }
    int n = from.read(ByteBuffer.wrap(buffer, 0, wanted), next);
    if (n <= 0) {
      throw new IOException("a file was truncated while it was read");
    }
    position = 0;
    limit = n;
    next += n;
    return true;
  }

  /** The whole content, from its first octet. Nothing else may be read meanwhile. */
  InputStream stream() {
    FileChannel from = file;
    if (from == null) {
      return new ByteArrayInputStream(buffer, 0, (int) size);
    }
    seek(0, Long.MAX_VALUE);
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        int n = from.read(ByteBuffer.wrap(bytes, offset, length), next);
        next += Math.max(0, n);
        return n;
      }
    };
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
