package org.qscan.engine.testing;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.qscan.engine.config.Address;

/**
 * A server of one conversation at a time per connection, on a Unix socket or on 127.0.0.1. What it
 * sends can be cut into pieces, held back, or broken off.
 */
public final class FakeDaemon implements AutoCloseable {

  /** What is said on one connection. */
  public interface Conversation {
    /** Returns when it is over; the connection is closed then. */
    void hold(Wire wire) throws IOException, InterruptedException;
  }

  private final ServerSocketChannel server;
  private final Address address;
  private final Conversation conversation;
  private final List<Wire> wires = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final CountDownLatch accepting;
  private volatile int pieces;

  /**
   * Starts it.
   *
   * @param address {@code unix:PATH}, or {@code tcp:127.0.0.1:0} for any port
   */
  public FakeDaemon(String address, Conversation conversation) {
    this(address, 0, conversation);
  }

  /**
   * One that accepts nobody until {@link #accepts}.
   *
   * @param address as above
   * @param backlog how many may wait meanwhile; 0: it accepts at once
   */
  public FakeDaemon(String address, int backlog, Conversation conversation) {
    this.conversation = conversation;
    this.accepting = new CountDownLatch(backlog == 0 ? 0 : 1);
    try {
      if (address.startsWith("unix:")) {
        Path path = Path.of(address.substring(5));
        Files.deleteIfExists(path);
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path), backlog);
        this.address = Address.of(address);
      } else {
        int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        server = ServerSocketChannel.open();
        bind(server, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        InetSocketAddress bound = (InetSocketAddress) server.getLocalAddress();
        this.address = Address.of("tcp:127.0.0.1:" + bound.getPort());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept).start();
  }

  /** A port that was closed this very moment may take a little longer. */
  private static void bind(ServerSocketChannel server, InetSocketAddress address)
      throws IOException {
    for (int attempt = 0; ; attempt++) {
      try {
        server.bind(address);
        return;
      } catch (BindException e) {
        if (attempt == 50) {
          throw e;
        }
      }
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "test-daemon");
    thread.setDaemon(true);
    return thread;
  }

  private void accept() {
    try {
      accepting.await();
      while (true) {
        SocketChannel channel = server.accept();
        if (address.path() == null) {
          channel.setOption(StandardSocketOptions.TCP_NODELAY, true); // each piece goes at once
        }
        Wire wire = new Wire(channel);
        wires.add(wire);
        connections.incrementAndGet();
        daemon(() -> serve(wire)).start();
      }
    } catch (IOException e) {
      // Closed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** From now on it accepts who comes. */
  public void accepts() {
    accepting.countDown();
  }

  private void serve(Wire wire) {
    try (wire) {
      conversation.hold(wire);
    } catch (IOException e) {
      // The client has gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Where it listens. */
  public Address address() {
    return address;
  }

  /** How many connections there were. */
  public int connections() {
    return connections.get();
  }

  /**
   * From now on everything is sent in pieces of so many octets.
   *
   * @param octets 0 for whole
   */
  public void sendsPiecesOf(int octets) {
    pieces = octets;
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Wire wire : wires) {
        wire.close();
      }
      Path path = address.path();
      if (path != null) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One connection, seen from the server. */
  public final class Wire implements AutoCloseable {
    private final SocketChannel channel;
    private final InputStream in;
    private final OutputStream out;

    private Wire(SocketChannel channel) {
      this.channel = channel;
      this.in = new BufferedInputStream(Channels.newInputStream(channel));
      this.out = Channels.newOutputStream(channel);
    }

    /** Sends octets. */
    public void send(String text) throws IOException {
      byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
      int size = pieces == 0 ? Math.max(1, octets.length) : pieces;
      for (int from = 0; from < octets.length; from += size) {
        out.write(octets, from, Math.min(size, octets.length - from));
        out.flush();
      }
    }

    /**
     * Sends octets in two pieces with a pause between them.
     *
     * @param at where it is cut
     */
    public void sendCutAt(String text, int at) throws IOException, InterruptedException {
      out.write(text.substring(0, at).getBytes(StandardCharsets.ISO_8859_1));
      Thread.sleep(2);
      out.write(text.substring(at).getBytes(StandardCharsets.ISO_8859_1));
    }

    /** What comes up to this octet, without it. */
    public String readTo(char end) throws IOException {
      StringBuilder text = new StringBuilder();
      for (int c = in.read(); c != end; c = in.read()) {
        if (c < 0) {
          throw new EOFException();
        }
        text.append((char) c);
      }
      return text.toString();
    }

    /** So many octets. */
    public byte[] read(int length) throws IOException {
      byte[] octets = in.readNBytes(length);
      if (octets.length < length) {
        throw new EOFException();
      }
      return octets;
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        // Gone already.
      }
    }
  }
}
