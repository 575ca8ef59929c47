package org.qscan.qmail.daemon;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;
import org.qscan.engine.store.Ledger;
import org.qscan.engine.testing.Until;

/** A connection's fault is that connection's, whatever it is and wherever it happens. */
class ServerTest {

  private static final String HELLO = "H\0\0\0\006qscan\001";
  private static final String END = "E\0\0\0\010\0\0\0\0\0\0\0\005";
  private static final String ENVELOPE = "V\0\0\0\012\001\0\0\0\0\0\0\0\001a";
  private static final String OUTCOME = "X\0\0\0\012\0\001\0\0\0\0\0\0\0\001";
  private static final String MAIL = HELLO + "M\0\0\0\005a: b\n" + END + ENVELOPE;

  @TempDir private Path directory;
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final DaemonLog log = new DaemonLog(logged);
  private final Statistics statistics = new Statistics();
  private final List<Throwable> ends = new ArrayList<>();

  /** Calls of {@link ConnectionHost} until one throws; none left: none does. */
  private final AtomicInteger callsLeft = new AtomicInteger();

  private final AtomicBoolean diskStands = new AtomicBoolean();
  private final CountDownLatch diskGoesOn = new CountDownLatch(1);
  private Throwable thrown = new IllegalStateException("thrown by the test");
  private Path socket = Path.of("/");
  private final Configuration configuration = Configuration.defaults();
  private Server server;
  private Thread thread;

  @BeforeEach
  void start() throws Exception {
    socket = directory.resolve("socket");
    configuration.set(
        Key.WORK_DIRECTORY.text(),
        Files.createDirectory(directory.resolve("work")).toString(),
        "test");
    configuration.set(Key.SCANNERS.text(), "none", "test");
    configuration.set(Key.EXTRACTORS.text(), "generous", "test");
    configuration.set(Key.DAEMON_SOCKET.text(), socket.toString(), "test");
    Server opened = Server.open(Service.of(configuration), log, statistics, this::throwing);
    server = opened;
    thread =
        new Thread(
            () -> {
              try (opened) {
                opened.run();
              } catch (IOException | RuntimeException | Error e) {
                ends.add(e);
              }
            },
            "server");
    thread.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
    thread.join();
    log.close();
    assertThat(ends).isEmpty();
  }

  private ConnectionHost throwing(ConnectionHost host) {
    return (ConnectionHost)
        Proxy.newProxyInstance(
            ConnectionHost.class.getClassLoader(),
            new Class<?>[] {ConnectionHost.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("write") && diskStands.get()) {
                return method.invoke(
                    host, arguments[0], waiting((ConnectionHost.Write) arguments[1]));
              }
              if (callsLeft.getAndUpdate(left -> Math.max(0, left - 1)) == 1) {
                throw thrown;
              }
              try {
                return method.invoke(host, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private ConnectionHost.Write waiting(ConnectionHost.Write write) {
    return () -> {
      try {
        diskGoesOn.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      write.run();
    };
  }

  /** What it is told until the end of the connection, or so many octets. */
  private String talk(String said, int most) throws IOException {
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      ByteBuffer heard = ByteBuffer.allocate(most);
      try {
        client.write(ByteBuffer.wrap(said.getBytes(ISO_8859_1)));
        while (heard.hasRemaining() && client.read(heard) >= 0) {
          // more
        }
      } catch (IOException e) {
        // It has hung up.
      }
      return new String(heard.array(), 0, heard.position(), ISO_8859_1);
    }
  }

  private void mailFlows() throws IOException {
    assertThat(talk(MAIL, 18)).as("%s", logged).endsWith("Q\0");
  }

  @Test
  @Timeout(120)
  void itLivesWhateverAnyCallOfAnyConnectionThrows() throws Exception {
    Map<String, Integer> talks = new LinkedHashMap<>(); // and what each hears, or less
    talks.put(MAIL + OUTCOME, 10_000);
    talks.put(MAIL, 18);
    talks.put(HELLO + "M\0\0\0\0x", 10_000);
    talks.put(HELLO + ENVELOPE, 18);
    talks.put(HELLO + OUTCOME, 10_000);
    talks.put(HELLO, 11);
    talks.put("S\0\0\0\0", 10_000);
    talks.put("GET / HTTP/1.0\r\n\r\n", 10_000);
    List<Throwable> all =
        List.of(
            new IllegalStateException("thrown by the test"),
            new StackOverflowError(),
            new OutOfMemoryError("unable to create native thread"),
            new NoClassDefFoundError("org.example.Missing"));
    long faults = 0;
    for (Throwable one : all) {
      thrown = one;
      talks.keySet().retainAll(one.equals(all.get(0)) ? talks.keySet() : List.of(MAIL + OUTCOME));
      for (Map.Entry<String, Integer> talk : talks.entrySet()) {
        int call = 0;
        do {
          callsLeft.set(++call);
          talk(talk.getKey(), talk.getValue());
          Until.holds("all are gone", () -> connections() == 0);
        } while (callsLeft.getAndSet(0) == 0 && call < 50);
        assertThat(call).isBetween(2, 49);
        faults += call - 1;
      }
    }
    mailFlows();
    Until.holds("all are gone", () -> connections() == 0);
    long expected = faults;
    assertThat(statistics.report().get("connection_faults")).isBetween(expected / 2, expected);
    assertThat(logged.toString(ISO_8859_1)).contains("qscand failed: java.lang.StackOverflowError");
  }

  private long connections() {
    Map<String, Long> report = statistics.report();
    return report.getOrDefault("connections", -1L);
  }

  @Test
  void aFrameOfNoLengthIsAnsweredAndEndsOneConnection() throws Exception {
    assertThat(talk(HELLO + "M\0\0\0\0", 10_000))
        .startsWith(HELLO + "A")
        .contains("T\143")
        .endsWith("a frame of type 77 and length 0");
    mailFlows();
  }

  @Test
  void whileTheDiskStandsStillMailThatFitsInMemoryFlowsAndTheOthersAreKeptWhole() throws Exception {
    diskStands.set(true);
    String piece = "M\0\001\0\0" + "x".repeat(65_536);
    String end = "E\0\0\0\010\0\0\0\0\0" + (char) 20 + "\0\0";
    List<SocketChannel> large = new ArrayList<>();
    List<Thread> senders = new ArrayList<>();
    for (int i = 0; i < SpoolWriter.MOST + 10; i++) {
      SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket));
      large.add(client);
      Thread sender =
          new Thread(() -> {
            try {
              write(client, HELLO + piece.repeat(20) + end + ENVELOPE);
            } catch (IOException e) {
              ends.add(e);
            }
          });
      sender.start();
      senders.add(sender);
    }
    mailFlows();
    diskGoesOn.countDown();
    for (Thread sender : senders) {
      sender.join();
    }
    for (SocketChannel client : large) {
      try (client) {
        ByteBuffer heard = ByteBuffer.allocate(18);
        while (heard.hasRemaining() && client.read(heard) >= 0) {
          // more
        }
        assertThat(new String(heard.array(), ISO_8859_1)).as("%s", logged).endsWith("Q\0");
      }
    }
  }

  @Test
  @Timeout(100)
  void whoHasHisAnswerAndSaysNoMoreHoldsNoPlace() throws Exception {
    configuration.set(Key.DAEMON_MAX_CONNECTIONS.text(), "1", "test");
    server.replace(Service.of(configuration));
    long before = Ledger.ofThisProcess().taken();
    try (SocketChannel silent = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      write(silent, MAIL);
      ByteBuffer heard = ByteBuffer.allocate(18);
      while (heard.hasRemaining() && silent.read(heard) >= 0) {
        // more
      }
      assertThat(Ledger.ofThisProcess().taken()).isGreaterThan(before);
      mailFlows();
      write(silent, OUTCOME); // it is still listened to
      Until.holds("its line is written", () -> logged.toString(ISO_8859_1).contains("exit=0"));
    }
    Until.holds("its memory is free", () -> Ledger.ofThisProcess().taken() <= before);
  }

  private static void write(SocketChannel client, String octets) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(octets.getBytes(ISO_8859_1));
    while (buffer.hasRemaining()) {
      client.write(buffer);
    }
  }
}
