package org.qscan.qmail.daemon;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.LogLine;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;
import org.qscan.engine.store.Ledger;
import org.qscan.engine.testing.Until;

/** What a message holds is given back when nobody holds it any more, however its client ends. */
class ConnectionTest {

  private static final String WHOLE =
      "H\0\0\0\006qscan\001" + "M\0\0\0\005a: b\n" + "E\0\0\0\010\0\0\0\0\0\0\0\005";

  @TempDir private Path scratch;
  private Path work = Path.of("/");
  private final Ledger ledger = Ledger.ofHeap(48 << 20);
  private final Budget budget = new Budget(1_000_000, ledger);
  private final List<Scan> submitted = new ArrayList<>();
  private final Pool pool = new Pool(1, 1);

  @BeforeEach
  void makeWorkDirectory() throws Exception {
    work = Files.createDirectory(scratch.resolve("work"));
  }

  private Service service() throws Exception {
    Configuration configuration = Configuration.defaults();
    configuration.set(Key.WORK_DIRECTORY.text(), work.toString(), "test");
    configuration.set(Key.SCANNERS.text(), "none", "test");
    return Service.of(configuration);
  }

  private int answered;
  private final ConnectionHost host =
      new ConnectionHost() {
        @Override
        public void submit(Scan scan) {
          submitted.add(scan);
        }

        @Override
        public void cancel(Scan scan) {
          pool.cancel(scan);
        }

        @Override
        public void later(Connection connection, Runnable callback) {
          callback.run();
        }

        @Override
        public String report() {
          return "";
        }

        @Override
        public void answered(Connection connection) {
          answered++;
        }

        @Override
        public void closed(Connection connection) {}

        @Override
        public void admit(Connection connection) {
          connection.admitted();
        }

        @Override
        public Duration mayTake() {
          return Duration.ofHours(1);
        }

        @Override
        public void aside(Connection connection, Runnable work) {
          work.run();
        }

        @Override
        public void write(Connection connection, ConnectionHost.Write write) {
          throw new AssertionError("it fits in memory");
        }

        @Override
        public void discard(Incoming message) {
          message.close();
        }

        @Override
        public void log(String priority, LogLine line, String caller) {}
      };

  @Test
  void whatAScanStillHoldsIsNotFreeForOthersThoughItsClientBreaksTheProtocolAndGoes()
      throws Exception {
    with((connection, client) -> {
      connection.read(said(client, WHOLE));
      connection.read(said(client, "M\0\0\0\001x")); // after its end
      assertThat(budget.taken()).isPositive();
      connection.read(said(client, "X\0\0\0\012\0\0\0\0\0\0\0\0\0\0"));
      assertThat(connection.isClosed()).isTrue();
      assertThat(budget.taken()).isPositive();
      submitted.get(0).run(Objects.requireNonNull(ledger.reserve(true)), true, () -> {});
      assertThat(budget.taken()).isZero();
    });
  }

  @Test
  void whatWaitsForAThreadIsGivenBackAtOnceWhenItsClientGoes() throws Exception {
    with((connection, client) -> {
      pool.resize(-2, 1); // no thread
      connection.read(said(client, WHOLE));
      pool.submit(submitted.get(0));
      assertThat(pool.waiting()).isOne();
      client.close();
      connection.read(ByteBuffer.allocate(1));
      assertThat(pool.waiting()).isZero();
      Until.holds("all is given back", () -> budget.taken() == 0);
    });
  }

  @Test
  void whoHasHungUpWhenItsMessageIsWholeIsNotScannedFor() throws Exception {
    with((connection, client) -> {
      ByteBuffer buffer = said(client, WHOLE);
      client.close();
      connection.read(buffer);
      assertThat(submitted).isEmpty();
      assertThat(connection.isClosed()).isTrue();
      assertThat(budget.taken()).isZero();
    });
  }

  @Test
  void whoHasItsAnswerHasNoPlaceAnyMoreAndIsListenedTo() throws Exception {
    with((connection, client) -> {
      connection.read(said(client, WHOLE + "V\0\0\0\012\001\0\0\0\0\0\0\0\001a"));
      submitted.get(0).run(Objects.requireNonNull(ledger.reserve(true)), true, () -> {});
      assertThat(answered).isOne();
      connection.read(said(client, "Z\0\0\0\0"));
      assertThat(connection.isClosed()).isFalse();
      assertThat(answered).isOne();
    });
  }

  private interface Talk {
    void over(Connection connection, SocketChannel client) throws Exception;
  }

  private void with(Talk talk) throws Exception {
    UnixDomainSocketAddress socket = UnixDomainSocketAddress.of(scratch.resolve("socket"));
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        pool) {
      server.bind(socket);
      try (SocketChannel client = SocketChannel.open(socket);
          SocketChannel accepted = server.accept()) {
        accepted.configureBlocking(false); // as the server's are
        talk.over(new Connection(accepted, "user", service(), budget, host), client);
      }
    }
  }

  /** Says it, and has a buffer for whoever hears it. */
  private static ByteBuffer said(SocketChannel client, String octets) throws Exception {
    client.write(ByteBuffer.wrap(octets.getBytes(ISO_8859_1)));
    return ByteBuffer.allocate(65536);
  }
}
