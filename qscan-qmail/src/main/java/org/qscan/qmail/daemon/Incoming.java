package org.qscan.qmail.daemon;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A message while it arrives: in memory while it is small and there is room, otherwise in a file
 * without a name. No scan, child or directory is made before the message is complete, so a sender
 * who stalls costs no more than a connection and these octets.
 *
 * <p>The server's thread {@linkplain #append appends} octets, and never waits for a disk: octets
 * for the file are pending until another thread has {@linkplain #flush written} them. While octets
 * are pending, nothing is appended.
 */
final class Incoming implements AutoCloseable {

  /** The most that one message may have of the memory, in bytes. */
  static final int LARGEST_IN_MEMORY = 1 << 20;

  private static final int FIRST = 4096;

  private final Budget budget;
  private final Spool spool;
  private byte[] memory = new byte[0];
  private byte[] pending = new byte[0];
  private int pendingSize;
  private boolean spilled;
  private @Nullable FileChannel file;
  private boolean closed;
  private long size;

  Incoming(Budget budget, Spool spool) {
    this.budget = budget;
    this.spool = spool;
  }

  /**
   * Keeps these octets. If there is no room in memory, they are {@linkplain #isPending pending}
   * afterwards.
   */
  void append(ByteBuffer octets) {
    int n = octets.remaining();
    spilled = spilled || !hasRoomFor(n);
    if (spilled) {
      if (pendingSize + n > pending.length) { // doubled, because it may come in very small pieces
        pending = Arrays.copyOf(pending, Math.max(pendingSize + n, 2 * pending.length));
      }
      octets.get(pending, pendingSize, n);
      pendingSize += n;
    } else {
      octets.get(memory, (int) size, n);
    }
    size += n;
  }

  /** Whether there is room in memory for so many more octets. */
  boolean fits(int n) {
    long needed = size + n;
    int capacity = capacity(needed);
    return !spilled
        && (needed <= memory.length
            || (needed <= LARGEST_IN_MEMORY && budget.has(capacity - memory.length, capacity)));
  }

  /** Whether it goes to a file. Then it has to be closed by a thread that may wait. */
  boolean isSpilled() {
    return spilled;
  }

  /** Whether octets wait for {@link #flush}. */
  boolean isPending() {
    return pendingSize > 0;
  }

  /**
   * Writes the pending octets. Call it on a thread that may wait for the disk.
   *
   * @throws IOException if they cannot be written
   */
  synchronized void flush() throws IOException {
    if (closed) {
      return;
    }
    FileChannel to = file;
    if (to == null) {
      to = spool.open();
      file = to;
      write(to, ByteBuffer.wrap(memory, 0, (int) (size - pendingSize)));
      forget();
    }
    write(to, ByteBuffer.wrap(pending, 0, pendingSize));
    spool.measure();
    forgetPending();
  }

  /** Whether there is room for more octets. The array grows by doubling, within the budget. */
  private boolean hasRoomFor(int n) {
    long needed = size + n;
    if (needed <= memory.length) {
      return true;
    }
    int capacity = capacity(needed);
    if (capacity > LARGEST_IN_MEMORY || !budget.take(capacity - memory.length, capacity)) {
      return false;
    }
    memory = Arrays.copyOf(memory, capacity);
    return true;
  }

  private int capacity(long needed) {
    int capacity = Math.max(FIRST, memory.length);
    while (capacity < needed && capacity <= LARGEST_IN_MEMORY) {
      capacity *= 2;
    }
    return capacity;
  }

  private void forgetPending() {
    pending = new byte[0];
    pendingSize = 0;
  }

  private void forget() {
    if (memory.length > 0) {
      budget.give(memory.length);
      memory = new byte[0];
    }
  }

  private static void write(FileChannel to, ByteBuffer octets) throws IOException {
    while (octets.hasRemaining()) {
      to.write(octets);
    }
  }

  long size() {
    return size;
  }

  /**
   * The whole message, which must not be changed; null if it is in a file. Call this when nothing
   * is pending.
   */
  @Nullable ByteBuffer inMemory() {
    return file == null ? ByteBuffer.wrap(memory, 0, (int) size) : null;
  }

  /**
   * The message from its first octet. It can be opened any number of times, once it is complete.
   * Closing the stream leaves the file open.
   */
  InputStream open() throws IOException {
    FileChannel from = file;
    if (from == null) {
      return new ByteArrayInputStream(memory, 0, (int) size);
    }
    InputStream in = Channels.newInputStream(from.position(0));
    return new FilterInputStream(in) {
      @Override
      public void close() {
        // The file has no name, and could not be opened again.
      }
    };
  }

  /**
   * Closes the message. The thread that scans it does this, or the server's thread if it is not
   * spilled.
   */
  @Override
  public synchronized void close() {
    closed = true;
    forgetPending();
    forget();
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      // The file has no name, so it vanishes with the process at the latest.
    }
  }
}
