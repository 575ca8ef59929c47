package org.qscan.engine.scan;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.qscan.engine.config.Address;

/**
 * A connection to a daemon, over a Unix socket or TCP. Every wait has a deadline, and what comes in
 * has a limit. While it writes it also reads, so that two who both want to write first do not wait
 * for each other. For one thread, but for {@link #close()}, which any thread may call.
 */
final class Connection implements AutoCloseable {

  private static final Duration LAST_WORDS = Duration.ofSeconds(1);
  private static final int LONGEST_QUOTE = 200;

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final ByteBuffer incoming = ByteBuffer.allocate(8192);
  private byte[] unread = new byte[1024];
  private int from;
  private int to;
  private int allowed;
  private boolean ended;

  private Connection(SocketChannel channel, Selector selector, SelectionKey key) {
    this.channel = channel;
    this.selector = selector;
    this.key = key;
  }

  /** Connects. */
  static Connection open(Address address, Deadline deadline) throws IOException {
    Path path = address.path();
    SocketAddress peer =
        path != null
            ? UnixDomainSocketAddress.of(path)
            : new InetSocketAddress(resolve(address.host(), deadline), address.port());
    SocketChannel channel =
        path != null ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
    Connection connection = null;
    try {
      channel.configureBlocking(false);
      if (path == null) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true); // questions and answers
      }
      boolean connected = channel.connect(peer);
      Selector selector = Selector.open();
      connection = new Connection(channel, selector, channel.register(selector, 0));
      while (!connected) {
        connection.await(SelectionKey.OP_CONNECT, deadline);
        connected = channel.finishConnect();
      }
      return connection;
    } catch (IOException | RuntimeException e) {
      if (connection != null) {
        connection.close();
      } else {
        channel.close();
      }
      throw e;
    }
  }

  /** The resolver keeps its own time, which may be longer than ours: it is left behind then. */
  private static InetAddress resolve(String host, Deadline deadline) throws IOException {
    char last = host.charAt(host.length() - 1);
    if (host.indexOf(':') >= 0 || (last >= '0' && last <= '9')) {
      return InetAddress.getByName(host); // an address: nobody is asked
    }
    CompletableFuture<InetAddress> found = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                found.complete(InetAddress.getByName(host));
              } catch (UnknownHostException e) {
                found.completeExceptionally(e);
              }
            },
            "qscan-resolver");
    thread.setDaemon(true);
    thread.start();
    try {
      return found.get(deadline.millisLeft(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new UnknownHostException(host);
    } catch (TimeoutException e) {
      throw new SocketTimeoutException("the name " + host + " was not resolved in time");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
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
      throw new ProtocolException("says more than any sane daemon");
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
        ready = selector.select(deadline.millisLeft());
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
    Deadline deadline = Deadline.in(LAST_WORDS);
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
