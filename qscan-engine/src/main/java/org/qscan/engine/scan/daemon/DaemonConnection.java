package org.qscan.engine.scan.daemon;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.scan.Deadline;
import org.qscan.engine.time.Ticker;

/**
 * A connection to a daemon, over a Unix socket or TCP. Every wait has a deadline, and what comes in
 * has a limit. While it writes it also reads, so that two who both want to write first do not wait
 * for each other. For one thread, but for {@link #close()}, which any thread may call.
 */
final class DaemonConnection implements Closeable {

  private static final Duration LAST_WORDS = Duration.ofSeconds(1);
  private static final int LONGEST_QUOTE = 200;
  private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final Ticker ticker;
  private final ByteBuffer incoming = ByteBuffer.allocate(8192);
  private byte[] unread = new byte[1024];
  private int from;
  private int to;
  private int allowed;
  private boolean ended;

  private DaemonConnection(
      SocketChannel channel, Selector selector, SelectionKey key, Ticker ticker) {
    this.channel = channel;
    this.selector = selector;
    this.key = key;
    this.ticker = ticker;
  }

  /**
   * Connects; waits for one that is busy.
   *
   * @throws Busy if its queue of connections was full, or nobody answered, until the deadline
   */
  static DaemonConnection open(SocketAddress address, Deadline deadline) throws IOException {
    for (long pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      DaemonConnection connection = tryOpen(address, deadline);
      if (connection != null) {
        return connection;
      }
      if (deadline.isOver()) {
        throw new Busy("is busy: its queue of connections stayed full");
      }
      try {
        deadline.ticker().sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }

  /** Null if it cannot take a connection now. */
  private static @Nullable DaemonConnection tryOpen(SocketAddress address, Deadline deadline)
      throws IOException {
    boolean unix = address instanceof UnixDomainSocketAddress;
    SocketChannel channel =
        unix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
    DaemonConnection connection = null;
    try {
      channel.configureBlocking(false);
      if (!unix) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true); // questions and answers
      }
      boolean connected = channel.connect(address);
      if (!connected && unix) {
        // Its backlog is full, should a Java take EAGAIN for "later": connect(2) says that a Unix
        // socket is never connected later, yet poll(2) calls it writable.
        channel.close();
        return null;
      }
      Selector selector = Selector.open();
      connection =
          new DaemonConnection(channel, selector, channel.register(selector, 0), deadline.ticker());
      while (!connected) {
        connection.await(SelectionKey.OP_CONNECT, deadline);
        connected = channel.finishConnect();
      }
      return connection;
    } catch (SocketTimeoutException e) {
      close(channel, connection);
      throw new Busy("no connection in time");
    } catch (SocketException e) {
      close(channel, connection);
      if (address instanceof UnixDomainSocketAddress path && isFull(path, e)) {
        return null;
      }
      throw new ConnectException(
          "cannot connect: " + e.getMessage() + " (does it run, and does it listen there?)");
    } catch (IOException | RuntimeException e) {
      close(channel, connection);
      throw e;
    }
  }

  /**
   * Whether it is EAGAIN, by which connect(2) says that the backlog of a Unix socket is full. Java
   * has no class for that: it throws the plain one, as for a socket that is not there, with the
   * words of the C library, which may be in any language.
   */
  private static boolean isFull(UnixDomainSocketAddress address, SocketException e) {
    String words = String.valueOf(e.getMessage());
    if (words.contains("temporarily unavailable")) {
      return true;
    }
    return e.getClass().equals(SocketException.class)
        && Files.exists(address.getPath())
        && !words.contains("wrong type")
        && !words.contains("not permitted")
        && !words.contains("descriptor")
        && !words.contains("Too many");
  }

  private static void close(SocketChannel channel, @Nullable DaemonConnection connection)
      throws IOException {
    if (connection != null) {
      connection.close();
    } else {
      channel.close();
    }
  }

  /**
   * From here on at most so many bytes are wanted; more are a flood.
   *
   * @param bytes that any sane daemon stays below
   */
  void allow(int bytes) {
    allowed = bytes;
  }

  /** Sends all of it. */
  void send(ByteBuffer data, Deadline deadline) throws IOException {
    try {
      while (data.hasRemaining()) {
        if (channel.write(data) == 0) {
          // The end of what comes in stays readable for ever: not to be waited for again.
          int reading = ended ? 0 : SelectionKey.OP_READ;
          await(reading | SelectionKey.OP_WRITE, deadline);
          if (reading != 0 && key.isReadable()) {
            pull();
          }
        }
      }
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(e.getMessage() + lastWords(), e); // the daemon may have said why
    }
  }

  /** Sends a text of octets. */
  void send(String text, Deadline deadline) throws IOException {
    send(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)), deadline);
  }

  /**
   * What comes next, as octets.
   *
   * @param end its last octet, which is not returned
   * @throws EOFException if the daemon has closed the connection before that
   */
  String read(char end, Deadline deadline) throws IOException {
    int looked = from;
    while (true) {
      for (; looked < to; looked++) {
        if (unread[looked] == end) {
          String text = new String(unread, from, looked - from, StandardCharsets.ISO_8859_1);
          from = looked + 1;
          return text;
        }
      }
      if (ended) {
        throw new EOFException("the connection was closed" + quoteUnread());
      }
      int before = from;
      await(SelectionKey.OP_READ, deadline);
      pull();
      looked -= before - from; // what was unread may have moved
    }
  }

  /** Whether the daemon has said something that was not taken yet, or has closed the connection. */
  boolean hasMore() throws IOException {
    if (from == to && !ended) {
      pull();
    }
    return from < to || ended;
  }

  /** Takes what is there. */
  private void pull() throws IOException {
    incoming.clear();
    int n = channel.read(incoming);
    if (n < 0) {
      ended = true;
      return;
    }
    allowed -= n;
    if (allowed < 0) {
      throw new ProtocolException("sends more than any answer can have");
    }
    if (from > 0) {
      System.arraycopy(unread, from, unread, 0, to - from);
      to -= from;
      from = 0;
    }
    if (to + n > unread.length) {
      unread = java.util.Arrays.copyOf(unread, Math.max(to + n, 2 * unread.length));
    }
    incoming.flip().get(unread, to, n);
    to += n;
  }

  private void await(int operations, Deadline deadline) throws IOException {
    try {
      key.interestOps(operations);
      int ready = 0;
      while (ready == 0) {
        ready = ticker.select(selector, deadline.nanosLeft());
        if (Thread.currentThread().isInterrupted()) {
          throw new IOException("interrupted");
        }
      }
      selector.selectedKeys().clear();
    } catch (ClosedSelectorException | java.nio.channels.CancelledKeyException e) {
      throw new IOException("the scan was broken off", e);
    }
  }

  /** What a daemon said before it closed the connection under our hands. */
  private String lastWords() {
    Deadline deadline = Deadline.in(ticker, LAST_WORDS);
    try {
      while (!ended) {
        await(SelectionKey.OP_READ, deadline);
        pull();
      }
    } catch (IOException e) {
      // Then that was all.
    }
    return quoteUnread();
  }

  private String quoteUnread() {
    int length = Math.min(to - from, LONGEST_QUOTE);
    return length == 0
        ? ""
        : " after: " + new String(unread, from, length, StandardCharsets.ISO_8859_1).strip();
  }

  @Override
  public void close() {
    try (selector;
        channel) {
      // Both, and whoever waits on them wakes.
    } catch (IOException e) {
      // It is closed all the same.
    }
  }
}
