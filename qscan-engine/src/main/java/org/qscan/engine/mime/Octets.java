package org.qscan.engine.mime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file of which any stretch can be read again, through one buffer. */
final class Octets implements AutoCloseable {

  private final FileChannel file;
  private final byte[] buffer = new byte[32768];
  private int position;
  private int limit;
  private long next;
  private long end;

  Octets(Path path) throws IOException {
    this.file = FileChannel.open(path, StandardOpenOption.READ);
  }

  long size() throws IOException {
    return file.size();
  }

  /** Reads from here on, up to an end. */
  void seek(long start, long end) {
    this.position = 0;
    this.limit = 0;
    this.next = start;
    this.end = end;
  }

  /** The next octet, or -1 at the end of the stretch. */
  int read() throws IOException {
    if (position == limit && !fill()) {
      return -1;
    }
    return buffer[position++] & 0xff;
  }

  /** The next octet, which stays, or -1. */
  int peek() throws IOException {
    if (position == limit && !fill()) {
      return -1;
    }
    return buffer[position] & 0xff;
  }

  /** How many octets can be looked at at once, from {@link #position()} on; 0 at the end. */
  int available() throws IOException {
    return position == limit && !fill() ? 0 : limit - position;
  }

  /** Where they are; not to be changed. */
  byte[] array() {
    return buffer;
  }

  /** Where in {@link #array()} the next octet is. */
  int position() {
    return position;
  }

  /** Passes over octets that are available. */
  void skip(int octets) {
    position += octets;
  }

  /** Where the next octet lies in the file. */
  long offset() {
    return next - (limit - position);
  }

  private boolean fill() throws IOException {
    int wanted = (int) Math.min(buffer.length, end - next);
    if (wanted <= 0) {
      return false;
    }
    int n = file.read(ByteBuffer.wrap(buffer, 0, wanted), next);
    if (n <= 0) {
      throw new IOException("a file was cut short under us");
    }
    position = 0;
    limit = n;
    next += n;
    return true;
  }

  /** All of it, from its first octet. */
  InputStream stream() {
    seek(0, Long.MAX_VALUE);
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        int n = file.read(ByteBuffer.wrap(bytes, offset, length), next);
        next += Math.max(0, n);
        return n;
      }
    };
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
