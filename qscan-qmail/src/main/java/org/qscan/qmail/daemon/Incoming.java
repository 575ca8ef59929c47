package org.qscan.qmail.daemon;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A message while it arrives: in memory while it is small and there is room, else in a file without
 * a name. No scan, no child and no directory is begun before it is whole: a sender who stalls costs
 * a connection and these octets.
 */
final class Incoming implements AutoCloseable {

  /** The most that one message may have of the memory, in bytes. */
  static final int LARGEST_IN_MEMORY = 1 << 20;

  private static final int FIRST = 4096;

  private final Budget budget;
  private final Spool spool;
  private byte[] memory = new byte[0];
  private @Nullable FileChannel file;
  private long size;

  Incoming(Budget budget, Spool spool) {
    this.budget = budget;
    this.spool = spool;
  }

  void append(ByteBuffer octets) throws IOException {
    int n = octets.remaining();
    if (file == null && !hasRoomFor(n)) {
      spill();
    }
    if (file == null) {
      octets.get(memory, (int) size, n);
    } else {
      write(file, octets);
    }
    size += n;
  }

  /** Grows by doubling, from the budget. */
  private boolean hasRoomFor(int n) {
    long needed = size + n;
    if (needed <= memory.length) {
      return true;
    }
    int capacity = Math.max(FIRST, memory.length);
    while (capacity < needed) {
      capacity *= 2;
    }
    if (capacity > LARGEST_IN_MEMORY || !budget.take(capacity - memory.length)) {
      return false;
    }
    memory = Arrays.copyOf(memory, capacity);
    return true;
  }

  private void spill() throws IOException {
    FileChannel opened = spool.open();
    file = opened;
    write(opened, ByteBuffer.wrap(memory, 0, (int) size));
    forget();
  }

  private void forget() {
    budget.give(memory.length);
    memory = new byte[0];
  }

  private static void write(FileChannel to, ByteBuffer octets) throws IOException {
    while (octets.hasRemaining()) {
      to.write(octets);
    }
  }

  long size() {
    return size;
  }

  /** All of the message, not to be changed; null if it is in a file. */
  @Nullable ByteBuffer inMemory() {
    return file == null ? ByteBuffer.wrap(memory, 0, (int) size) : null;
  }

  /** The message from its first octet; call when all of it is there. */
  InputStream open() throws IOException {
    FileChannel from = file;
    return from == null
        ? new ByteArrayInputStream(memory, 0, (int) size)
        : Channels.newInputStream(from.position(0));
  }

  /** By the thread that scans it, or by the server's. */
  @Override
  public synchronized void close() {
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
