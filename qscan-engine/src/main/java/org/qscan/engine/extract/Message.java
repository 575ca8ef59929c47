package org.qscan.engine.extract;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The message as it arrives: written once, to a file that is itself a view for the scanners, and
 * read by any number of followers, each at its own pace. A follower that is slow or gone holds up
 * nobody; memory does not grow with the message. (A tee that writes to each consumer in turn stands
 * still with the slowest.)
 *
 * <p>One thread writes; each follower is read by one thread.
 */
public final class Message implements AutoCloseable {

  private final Path file;
  private final FileChannel out;
  private long size;
  private boolean complete;
  private boolean aborted;

  private Message(Path file, FileChannel out) {
    this.file = file;
    this.out = out;
  }

  /**
   * Creates the file; it must not exist.
   *
   * @param file where the raw message goes
   * @param groupReads whether its mode is 0640 instead of 0600
   */
  public static Message create(Path file, boolean groupReads) throws IOException {
    FileChannel out =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    if (groupReads) {
      // Not at creation: a umask would take it away.
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }
    return new Message(file, out);
  }

  /**
   * Appends bytes and lets the followers have them.
   *
   * @param bytes the next ones, from {@code offset}
   */
  public void append(byte[] bytes, int offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
    synchronized (this) {
      size += length;
      notifyAll();
    }
  }

  /** The message has ended; followers meet its end when they have read all. */
  public synchronized void complete() {
    complete = true;
    notifyAll();
  }

  /** No more will come, and what came is not the whole: followers get an error, never an end. */
  public synchronized void abort() {
    if (!complete) {
      aborted = true;
      notifyAll();
    }
  }

  /** Bytes received so far. */
  public synchronized long size() {
    return size;
  }

  /** The file that holds the message. */
  public Path file() {
    return file;
  }

  /** Another reader of the message, from its first byte; waits for what has not arrived yet. */
  public InputStream follow() throws IOException {
    return new Follower(FileChannel.open(file, StandardOpenOption.READ));
  }

  /** Closes the writing side; aborts if the message is not complete. */
  @Override
  public void close() throws IOException {
    abort();
    out.close();
  }

  /** Waits until there is more than {@code position}; -1 at the end, else how much there is. */
  private synchronized long await(long position) throws IOException {
    while (size <= position) {
      if (aborted) {
        throw new IOException("the message broke off");
      }
      if (complete) {
        return -1;
      }
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while waiting for the message");
      }
    }
    return size;
  }

  private final class Follower extends InputStream {
    private final FileChannel in;
    private long position;

    Follower(FileChannel in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      long available = await(position);
      if (available < 0) {
        return -1;
      }
      int n = (int) Math.min(length, available - position);
      int read = in.read(ByteBuffer.wrap(bytes, offset, n), position);
      if (read < 0) {
        throw new IOException(file + " was cut short under us");
      }
      position += read;
      return read;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
