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
 * without a name. No scan, child or directory is begun before the message is complete, so a sender
 * who stalls costs no more than a connection and these octets.
 *
 * <p>The server's thread {@linkplain #append appends}, and never waits for a disk: what belongs in
 * the file is pending until another thread has {@linkplain #flush written} it. Between the two
 * nothing is appended.
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

  /** Keeps these octets; what finds no room in memory is {@linkplain #isPending pending} then. */
  void append(ByteBuffer octets) {
    int n = octets.remaining();
    spilled = spilled || !hasRoomFor(n);
    if (spilled) {
      if (pendingSize + n > pending.length) { // by doubling: it may come in very small pieces
        pending = Arrays.copyOf(pending, Math.max(pendingSize + n, 2 * pending.length));
      }
      octets.get(pending, pendingSize, n);
      pendingSize += n;
    } else {
      octets.get(memory, (int) size, n);
    }
    size += n;
  }

  /** Whether so many more octets stay in memory. */
  boolean fits(int n) {
    long needed = size + n;
    int capacity = capacity(needed);
    return !spilled
        && (needed <= memory.length
            || (needed <= LARGEST_IN_MEMORY && budget.has(capacity - memory.length, capacity)));
  }

  /**
   * Whether it is on its way to a file; what it holds is to be closed by a thread that may wait.
   */
  boolean isSpilled() {
    return spilled;
  }

  /** Whether octets wait for {@link #flush}. */
  boolean isPending() {
    return pendingSize > 0;
  }

  /**
   * Writes what is pending, on a thread that may wait for the disk.
   *
   * @throws IOException if it cannot be kept
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

  /** Grows by doubling, from the budget. */
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
   * All of the message, not to be changed; null if it is in a file. Call when nothing is pending.
   */
  @Nullable ByteBuffer inMemory() {
    return file == null ? ByteBuffer.wrap(memory, 0, (int) size) : null;
  }

  /**
   * The message from its first octet, as often as wanted; call when all of it is there. To close it
   * leaves the file open.
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

  /** By the thread that scans it, or, unless it is spilled, by the server's. */
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
      // It has no name, and goes with the process at the latest.
    }
  }
}
