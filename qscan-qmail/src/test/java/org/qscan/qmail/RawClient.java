package org.qscan.qmail;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Speaks to a daemon octet by octet, as no qscan-client would. */
record RawClient(SocketChannel channel) implements AutoCloseable {

  static final String HELLO = "H\0\0\0\006qscan\001";

  static RawClient at(Path socket) throws IOException {
    return new RawClient(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
  }

  RawClient say(String octets) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(octets.getBytes(ISO_8859_1));
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    return this;
  }

  /** A piece of a message. */
  RawClient message(String octets) throws IOException {
    return say("M\0\0" + (char) (octets.length() >> 8) + (char) (octets.length() & 255) + octets);
  }

  /** All that the daemon says until it closes the connection, or so many octets. */
  String hear(int most) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(most);
    try {
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
        // more
      }
    } catch (IOException e) {
      // Reset: it had not read all that was said.
    }
    return new String(buffer.array(), 0, buffer.position(), ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
