package org.qscan.engine.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The message as it arrives: in memory while there is room, otherwise in a file, which is also the
 * raw view for the scanners. Any number of followers read it, each at its own pace. A follower that
 * is slow or has ended delays no other, and memory does not grow with the message. (A tee that
 * writes to each consumer in turn is as slow as the slowest.)
 *
 * <p>One thread writes; each follower is read by one thread.
 */
public final class MessageStore implements AutoCloseable {

  private static final int FIRST = 4096;

  private final Path file;
  private final PartBytes.Naming naming;
  private final boolean groupReads;
  private final MemoryBudget.Share share;
  private final Spend spend;
  private byte[] octets = new byte[0];
  private int taken; // bytes of the share
  private @Nullable FileChannel out;
  private boolean inFile;
  private long size;
  private boolean complete;
  private boolean aborted;

  private MessageStore(
      Path file, PartBytes.Naming naming, boolean groupReads, MemoryBudget.Share share) {
    this.file = file;
    this.naming = naming;
    this.groupReads = groupReads;
    this.share = share;
    this.spend = new Spend(share.effort());
  }

  /**
   * Creates the file; it must not exist.
   *
   * @param file where the raw message goes
   * @param groupReads whether its mode is 0640 instead of 0600
   */
  public static MessageStore create(Path file, boolean groupReads) throws IOException {
    MessageStore message =
        new MessageStore(file, () -> file, groupReads, MemoryBudget.none().share());
    message.toFile();
    return message;
  }

  /**
   * A message in memory, as long as there is room.
   *
   * @param file where it goes if there is no room
   * @param naming makes the directory of the file
   */
  public static MessageStore inMemory(
      Path file, PartBytes.Naming naming, boolean groupReads, MemoryBudget.Share share) {
    return new MessageStore(file, naming, groupReads, share);
  }

  /**
   * Appends bytes and lets the followers have them.
   *
   * @param bytes the next ones, from {@code offset}
   */
  public void append(byte[] bytes, int offset, int length) throws IOException {
    if (!inFile && !hasRoomFor(length)) {
      toFile();
    }
    FileChannel to = out;
    if (to != null) {
      write(to, ByteBuffer.wrap(bytes, offset, length));
    }
    synchronized (this) {
      if (to == null) {
        System.arraycopy(bytes, offset, octets, (int) size, length);
      }
      size += length;
      notifyAll();
    }
  }

  /**
   * Takes the whole message at once, with its end. Nothing may have been appended before.
   *
   * @param whole must not be changed until the session has ended
   * @param length how many of its octets belong to the message
   */
  public void appendAll(byte[] whole, int length) throws IOException {
    if (inFile) {
      append(whole, 0, length);
    } else {
      synchronized (this) {
        octets = whole;
        size = length;
      }
    }
    complete();
  }

  /** Whether there is room for more octets. The array grows by doubling. */
  private boolean hasRoomFor(int more) {
    long needed = size + more;
    if (needed <= octets.length) {
      return true;
    }
    long capacity = Math.max(FIRST, octets.length);
    while (capacity < needed) {
      capacity *= 2;
    }
    if (!share.takeForMessage(capacity - taken)) {
      return false;
    }
    byte[] larger = Arrays.copyOf(octets, (int) capacity);
    taken = (int) capacity;
    synchronized (this) {
      octets = larger;
    }
    return true;
  }

  /** Writes the message to its file, unless it is there already. For the thread that writes. */
  public void toFile() throws IOException {
    if (inFile) {
      return;
    }
    FileChannel channel =
        FileChannel.open(
            naming.name(),
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    out = channel;
    if (groupReads) {
      // Not at creation, because the umask could remove it.
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }
    write(channel, ByteBuffer.wrap(octets, 0, (int) size));
    synchronized (this) {
      inFile = true;
      octets = new byte[0];
    }
    share.give(taken);
    taken = 0;
  }

  private static void write(FileChannel to, ByteBuffer octets) throws IOException {
    while (octets.hasRemaining()) {
      to.write(octets);
    }
  }

  /**
   * The whole message, once it is complete, which must not be changed; null if it is in its file.
   */
  public synchronized @Nullable ByteBuffer inMemory() {
    return inFile ? null : ByteBuffer.wrap(octets, 0, (int) size);
  }

  private synchronized boolean isInFile() {
    return inFile;
  }

  /** Whether the whole message has arrived and is in memory. */
  public synchronized boolean isWholeInMemory() {
    return complete && !inFile;
  }

  /** Whether the whole message has arrived, in memory or in its file. */
  public synchronized boolean isWhole() {
    return complete;
  }

  /** Tells that the message has ended. Followers get its end when they have read everything. */
  public synchronized void complete() {
    complete = true;
    notifyAll();
  }

  /**
   * Tells that no more will come, although the message is not complete. Followers get an error,
   * never an end.
   */
  public synchronized void abort() {
    if (!complete) {
      aborted = true;
      notifyAll();
    }
  }

  /** What the message may cost in this process. */
  public Effort effort() {
    return share.effort();
  }

  /** What readers in this process may spend on the message. */
  public Spend spend() {
    return spend;
  }

  /** Bytes received so far. */
  public synchronized long size() {
    return size;
  }

  /** The file that holds the message, or that would hold it. */
  public Path file() {
    return file;
  }

  /**
   * Another reader of the message, from its first byte. It waits for octets that have not arrived
   * yet.
   */
  public InputStream follow() throws IOException {
    Follower follower = new Follower();
    if (isInFile()) {
      follower.open(); // now, because later there may be no free descriptor
    }
    return follower;
  }

  /**
   * Closes the writing side. If the message is not complete, this is the same as {@link #abort}.
   */
  @Override
  public void close() throws IOException {
    abort();
    FileChannel opened = out;
    if (opened != null) {
      opened.close();
    }
  }

  /**
   * Waits until more than {@code position} octets have arrived. Returns how many there are, or -1
   * at the end.
   */
  private synchronized long await(long position) throws IOException {
    while (size <= position) {
      if (aborted) {
        throw new IOException("the message ended before it was complete");
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

  private synchronized int copy(long position, byte[] bytes, int offset, int length) {
    if (inFile) {
      return -1;
    }
    System.arraycopy(octets, (int) position, bytes, offset, length);
    return length;
  }

  private final class Follower extends InputStream {
    private @Nullable FileChannel in;
    private volatile boolean closed;
    private long position;

    synchronized FileChannel open() throws IOException {
      FileChannel opened = in;
      if (closed) {
        throw new ClosedChannelException();
      }
      if (opened == null) {
        opened = FileChannel.open(file, StandardOpenOption.READ);
        in = opened;
      }
      return opened;
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
      if (closed) {
        // In memory as well, so that a reader that was given up stops.
        throw new ClosedChannelException();
      }
      int n = (int) Math.min(length, available - position);
      int read = copy(position, bytes, offset, n);
      if (read < 0) {
        read = open().read(ByteBuffer.wrap(bytes, offset, n), position);
      }
      if (read < 0) {
        throw new IOException(file + " was truncated while it was read");
      }
      position += read;
      return read;
    }

    /** Closes the follower. Any thread may call this. */
    @Override
    public synchronized void close() throws IOException {
      closed = true;
      FileChannel opened = in;
      if (opened != null) {
        opened.close();
      }
    }
  }
}
