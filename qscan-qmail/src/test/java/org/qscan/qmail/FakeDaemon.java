package org.qscan.qmail;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Listens where qscand should, and serves one client after another in a way of its own. */
final class FakeDaemon implements AutoCloseable {

  /** What it does with a client. */
  interface Manners {
    void serve(Client client) throws IOException;
  }

  /** A client, seen from a daemon. */
  record Client(DataInputStream in, OutputStream out) {
    /** Reads frames until one of this type; what is in it. */
    byte[] await(char type) throws IOException {
      while (true) {
        int got = in.readByte();
        byte[] octets = new byte[in.readInt()];
        in.readFully(octets);
        if (got == type) {
          return octets;
        }
      }
    }

    void say(String octets) throws IOException {
      out.write(octets.getBytes(ISO_8859_1));
      out.flush();
    }

    void greet() throws IOException {
      await('H');
      say("H\0\0\0\006qscan\001");
    }

    /** An answer to a message of this size. */
    void answer(char fate, int code, long size) throws IOException {
      StringBuilder octets = new StringBuilder("A\0\0\0\012").append(fate).append((char) code);
      for (int shift = 56; shift >= 0; shift -= 8) {
        octets.append((char) (size >> shift & 0xff));
      }
      say(octets.toString());
    }
  }

  private final ServerSocketChannel channel;
  private final Path path;

  private FakeDaemon(ServerSocketChannel channel, Path path) {
    this.channel = channel;
    this.path = path;
  }

  static FakeDaemon at(Path path, Manners manners) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    channel.bind(UnixDomainSocketAddress.of(path), 100);
    Thread thread = new Thread(() -> serve(channel, manners), "fake-daemon");
    thread.setDaemon(true);
    thread.start();
    return new FakeDaemon(channel, path);
  }

  private static void serve(ServerSocketChannel channel, Manners manners) {
    while (channel.isOpen()) {
      try (SocketChannel client = channel.accept()) {
        manners.serve(
            new Client(
                new DataInputStream(Channels.newInputStream(client)),
                Channels.newOutputStream(client)));
      } catch (IOException e) {
        // The client has gone, or the test is over.
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(path);
  }
}
