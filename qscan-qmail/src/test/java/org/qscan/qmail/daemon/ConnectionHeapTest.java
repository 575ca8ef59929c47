package org.qscan.qmail.daemon;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;
import org.qscan.qmail.Envelope;

/** What {@link Connection#HEAP} says is measured here. */
class ConnectionHeapTest {

  private static final int MANY = 400;

  /** Gives everybody a place, and does nothing else. */
  private static final ConnectionHost HOST =
      (ConnectionHost)
          Proxy.newProxyInstance(
              ConnectionHost.class.getClassLoader(),
              new Class<?>[] {ConnectionHost.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("admit")) {
                  ((Connection) arguments[0]).admitted();
                }
                return null;
              });

  @TempDir private Path scratch;

  @Test
  void whoSaysAsMuchAsHeMayKeepsNoMoreOfTheHeapThanTheLedgerIsTold() throws Exception {
    Configuration configuration = Configuration.defaults();
    configuration.set(
        Key.WORK_DIRECTORY.text(),
        Files.createDirectory(scratch.resolve("work")).toString(),
        "test");
    configuration.set(Key.SCANNERS.text(), "none", "test");
    Service service = Service.of(configuration);
    UnixDomainSocketAddress socket = UnixDomainSocketAddress.of(scratch.resolve("socket"));
    List<Connection> all = new ArrayList<>();
    List<SocketChannel> clients = new ArrayList<>();
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        Selector selector = Selector.open()) {
      server.bind(socket);
      for (int i = 0; i < MANY / 4; i++) { // what the first ones load stays
        all.add(connection(server, socket, selector, service, clients));
      }
      long before = used();
      for (int i = 0; i < MANY; i++) {
        all.add(connection(server, socket, selector, service, clients));
      }
      long each = (used() - before) / MANY;
      assertThat(each).isBetween(500L, (long) Connection.HEAP);
      assertThat(all).noneMatch(Connection::isClosed);
    } finally {
      for (SocketChannel one : clients) {
        one.close();
      }
    }
  }

  /** One that keeps the longest address and sender, and waits for the rest of the longest frame. */
  private static Connection connection(
      ServerSocketChannel server,
      UnixDomainSocketAddress socket,
      Selector selector,
      Service service,
      List<SocketChannel> clients)
      throws Exception {
    SocketChannel client = SocketChannel.open(socket);
    clients.add(client);
    SocketChannel accepted = server.accept();
    clients.add(accepted);
    Connection connection = new Connection(accepted, "user", service, new Budget(0), HOST);
    accepted.configureBlocking(false);
    accepted.register(selector, SelectionKey.OP_READ, connection);
    String longest = "a".repeat(Envelope.LONGEST_ADDRESS);
    say(client, connection, frame('H', "qscan\001" + longest));
    say(client, connection, frame('E', "\0\0\0\0\0\0\0\0"));
    say(client, connection, frame('V', "\001\0\0\0\0\0\0\0\001" + longest));
    String unfinished = frame('X', "\0\001\0\0\0\0\0\0\0\001" + longest.substring(1));
    say(client, connection, unfinished.substring(0, unfinished.length() - 1));
    return connection;
  }

  private static String frame(char type, String octets) {
    ByteBuffer length = ByteBuffer.allocate(4).putInt(octets.length());
    return type + new String(length.array(), ISO_8859_1) + octets;
  }

  private static void say(SocketChannel client, Connection connection, String octets)
      throws Exception {
    client.write(ByteBuffer.wrap(octets.getBytes(ISO_8859_1)));
    connection.read(ByteBuffer.allocate(65536));
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 10; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
