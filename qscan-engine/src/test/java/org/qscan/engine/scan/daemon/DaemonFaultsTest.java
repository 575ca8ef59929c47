package org.qscan.engine.scan.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.Verdict;
import org.qscan.engine.config.Address;
import org.qscan.engine.scan.Alarms;
import org.qscan.engine.scan.CanaryRules;
import org.qscan.engine.scan.ScanInput;
import org.qscan.engine.scan.VerdictCache;
import org.qscan.engine.scan.VirusScanner;
import org.qscan.engine.testing.FakeClamd;
import org.qscan.engine.testing.FakeDaemon;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.testing.ManualTicker;
import org.qscan.engine.testing.Until;
import org.qscan.engine.time.Ticker;

/** What daemons and networks do to mail: clean only where that was said. */
class DaemonFaultsTest {

  private static final String SESSION = "1-1-1";
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofSeconds(2);

  @TempDir Path work;
  private Path views;
  private final ManualTicker time = new ManualTicker();

  @BeforeEach
  void aMessage() throws IOException {
    views = Files.createDirectories(work.resolve(SESSION).resolve("views"));
    Files.createDirectories(views.resolve("raw"));
    Files.writeString(views.resolve("raw/1.eml"), "Subject: x\n\n" + "hello\n".repeat(50_000));
  }

  private DaemonScanner clamd(Duration timeout, String... addresses) {
    return clamd(time, timeout, addresses);
  }

  private DaemonScanner clamd(Ticker ticker, Duration timeout, String... addresses) {
    List<Address> places = new ArrayList<>();
    for (String address : addresses) {
      places.add(Address.of(address));
    }
    return DaemonScanner.clamd(
        new DaemonSettings("clamd.address", places, "data", false),
        timeout,
        new VerdictCache(100),
        new CanaryRules(true, true, LONG, false, false, new Alarms(), ticker),
        work);
  }

  private Verdict verdict(VirusScanner scanner) throws ScanFailure {
    return scanner.scan(views, SESSION).verdict();
  }

  private void assertFails(VirusScanner scanner, String why) {
    assertThatThrownBy(() -> verdict(scanner))
        .isInstanceOf(ScanFailure.class)
        .hasMessageContaining(why);
  }

  private String socket(String name) {
    return "unix:" + work.resolve(name);
  }

  /** What is done in place of an answer about a message. */
  private interface Fault {
    void happen(FakeDaemon.Wire wire, int number) throws IOException, InterruptedException;
  }

  /** A clamd that finds the canary, and does this with mail; null: it reads no further. */
  private FakeDaemon.Conversation doing(@Nullable Fault fault) {
    return wire -> {
      assertThat(wire.readTo('\0')).isEqualTo("zIDSESSION");
      for (int number = 1; ; number++) {
        String command = wire.readTo('\0');
        if (command.equals("zEND")) {
          return;
        }
        if (command.equals("zVERSION")) {
          wire.send(number + ": COMMAND UNAVAILABLE\0"); // EnableVersionCommand no
          continue;
        }
        int length = ByteBuffer.wrap(wire.read(4)).getInt();
        if (length == 68) {
          String data = new String(wire.read(68), StandardCharsets.ISO_8859_1);
          assertThat(data).isEqualTo(Mails.eicar());
          assertThat(ByteBuffer.wrap(wire.read(4)).getInt()).isZero();
          wire.send(number + ": stream: Eicar FOUND\0");
          continue;
        }
        if (fault != null) {
          for (; length != 0; length = ByteBuffer.wrap(wire.read(4)).getInt()) {
            wire.read(length);
          }
          fault.happen(wire, number);
        } else {
          saysNothing(); // and reads no further
        }
      }
    };
  }

  private void saysNothing() throws InterruptedException {
    time.advance(SHORT);
    Thread.sleep(60_000);
  }

  private FakeDaemon faulty(@Nullable Fault fault) {
    return new FakeDaemon(socket("faulty"), doing(fault));
  }

  @Test
  void oneThatDoesNotTellItsVersionScansAllTheSame() throws Exception {
    try (FakeDaemon daemon = faulty((wire, n) -> wire.send(n + ": stream: OK\0"))) {
      assertThat(verdict(clamd(LONG, daemon.address().toString()))).isEqualTo(new Verdict.Clean());
    }
  }

  @Test
  void oneThatClosesBeforeItsAnswerIsUnknown() {
    try (FakeDaemon daemon =
        faulty((wire, n) -> {
          throw new IOException("closed");
        })) {
      assertFails(clamd(LONG, daemon.address().toString()), "the connection was closed");
    }
  }

  @Test
  void oneThatWaitedTooLongForUsIsUnknownAndItsWordsAreTold() {
    try (FakeDaemon daemon =
        faulty((wire, n) -> {
          wire.send("COMMAND READ TIMED OUT\n");
          throw new IOException("closed");
        })) {
      assertFails(clamd(LONG, daemon.address().toString()), "COMMAND READ TIMED OUT");
    }
  }

  @Test
  void anErrorOfItsIsUnknown() {
    for (String words :
        List.of(
            "stream: ScanQueue full ERROR",
            "ERROR",
            "stream: Can't create temporary file ERROR",
            "reloading",
            "stream: OK but not quite",
            "OK")) {
      try (FakeDaemon daemon = faulty((wire, n) -> wire.send(n + ": " + words + "\0"))) {
        assertFails(clamd(LONG, daemon.address().toString()), words);
      }
    }
  }

  /** A busy host is no fact about the message: the next time it may well be clean. */
  @Test
  void aClamdWhoseOwnTimeIsOverHasNoVerdict() throws Exception {
    String late = ": Heuristics.Limits.Exceeded.MaxScanTime FOUND";
    try (FakeClamd clamd = new FakeClamd(socket("time"), (subject, data) -> subject + late)) {
      assertFails(clamd(LONG, clamd.address().toString()), "MaxScanTime");
    }
  }

  @Test
  void oneThatIsLateIsUnknown() {
    try (FakeDaemon daemon =
        faulty((wire, n) -> {
          saysNothing();
          wire.send(n + ": stream: OK\0");
        })) {
      assertFails(clamd(SHORT, daemon.address().toString()), "no answer in time");
    }
  }

  @Test
  void oneThatDripsItsAnswerIsUnknownWhenTheTimeIsOver() {
    try (FakeDaemon daemon =
        faulty((wire, n) -> {
          wire.send(n + ": stream: ");
          for (int i = 0; i < 500; i++) {
            wire.send("x");
            time.advance(Duration.ofMillis(200));
          }
        })) {
      assertFails(clamd(SHORT, daemon.address().toString()), "no answer in time");
    }
  }

  @Test
  void oneThatDoesNotReadOnIsUnknownWhenTheTimeIsOver() {
    try (FakeDaemon daemon = faulty(null)) {
      assertFails(clamd(SHORT, daemon.address().toString()), "time");
    }
  }

  // --- a busy one

  /** Connections that nobody accepts, until there is no room for another. */
  private static List<SocketChannel> fill(Path socket) throws IOException {
    List<SocketChannel> waiting = new ArrayList<>();
    while (true) {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      channel.configureBlocking(false);
      try {
        channel.connect(UnixDomainSocketAddress.of(socket));
      } catch (SocketException e) { // EAGAIN
        channel.close();
        return waiting;
      }
      waiting.add(channel);
    }
  }

  @Test
  void oneWhoseQueueIsFullIsWaitedFor() throws Exception {
    Path socket = work.resolve("busy");
    try (FakeDaemon daemon =
        new FakeDaemon("unix:" + socket, 1, doing((wire, n) -> wire.send(n + ": stream: OK\0")))) {
      List<SocketChannel> others = fill(socket);
      CompletableFuture<Verdict> verdict =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return verdict(clamd(Ticker.SYSTEM, LONG, "unix:" + socket));
                } catch (ScanFailure e) {
                  throw new IllegalStateException(e.getMessage());
                }
              },
              task -> new Thread(task).start());
      Until.stays("it waits", () -> !verdict.isDone()); // on a busy machine it may not be there yet
      daemon.accepts();
      assertThat(verdict.get(120, TimeUnit.SECONDS)).isEqualTo(new Verdict.Clean());
      for (SocketChannel other : others) {
        other.close();
      }
    }
  }

  @Test
  void oneWhoseQueueStaysFullIsUnknownWhenTheTimeIsOver() throws Exception {
    Path socket = work.resolve("busy");
    try (FakeDaemon daemon = new FakeDaemon("unix:" + socket, 1, wire -> {})) {
      List<SocketChannel> others = fill(socket);
      assertFails(clamd(SHORT, daemon.address().toString()), "is busy");
      for (SocketChannel other : others) {
        other.close();
      }
    }
  }

  // --- names

  @Test
  void everyAddressOfANameIsTriedAndAgainAfterAFailure() throws Exception {
    String free = "tcp:127.0.0.1:0";
    int port;
    try (FakeClamd clamd = new FakeClamd(free, (subject, data) -> subject + ": OK")) {
      port = clamd.address().port();
      DaemonScanner scanner =
          clamd(LONG, "tcp:dual:" + port)
              .withNames(host ->
                  new InetAddress[] {
                    InetAddress.getByAddress(host, new byte[] {127, 0, 0, 77}),
                    InetAddress.getByAddress(host, new byte[] {127, 0, 0, 1})
                  });
      assertThat(verdict(scanner)).isEqualTo(new Verdict.Clean());
      assertThat(verdict(scanner)).isEqualTo(new Verdict.Clean());
      clamd.answers((subject, data) -> "");
      assertFails(scanner, "tcp:dual:" + port + " (127.0.0.1)");
      assertFails(scanner, "tcp:dual:" + port + " (127.0.0.77)");
      clamd.answers((subject, data) -> subject + ": OK");
      assertThat(verdict(scanner)).isEqualTo(new Verdict.Clean());
    }
  }

  @Test
  void anUnknownNameIsCalledThat() {
    DaemonScanner scanner =
        clamd(LONG, "tcp:nowhere:3310")
            .withNames(host -> {
              throw new UnknownHostException(host);
            });
    assertFails(scanner, "the host name nowhere is unknown");
    assertThat(scanner.tryCanary(SESSION, LONG).get(0)).contains("the host name nowhere");
  }

  @Test
  void aNameThatEndsInADigitIsAName() throws Exception {
    try (FakeClamd clamd = new FakeClamd("tcp:127.0.0.1:0", (subject, data) -> subject + ": OK")) {
      DaemonScanner scanner =
          clamd(LONG, "tcp:clamd1:" + clamd.address().port())
              .withNames(host ->
                  new InetAddress[] {InetAddress.getByAddress(host, new byte[] {127, 0, 0, 1})});
      assertThat(verdict(scanner)).isEqualTo(new Verdict.Clean());
    }
  }

  // --- what was shown was there

  @Test
  void whatIsRemovedWhileItIsScannedIsUnknown() throws Exception {
    FakeClamd.Engine engine =
        (subject, data) -> {
          Files.delete(views.resolve("raw/1.eml"));
          return subject + ": OK";
        };
    try (FakeClamd clamd = new FakeClamd(socket("removed"), engine)) {
      assertFails(clamd(LONG, clamd.address().toString()), "were removed or changed");
    }
  }

  @Test
  void whatIsRemovedBeforeTheScanIsUnknown() throws Exception {
    Files.writeString(views.resolve("2.com"), "x");
    try (FakeClamd clamd = new FakeClamd(socket("before"), (subject, data) -> subject + ": OK")) {
      ScanInput input = ScanInput.asItIs(views);
      Files.delete(views.resolve("2.com"));
      assertThatThrownBy(() -> clamd(LONG, clamd.address().toString()).scan(input, SESSION))
          .hasMessageContaining("1 of 2 files");
    }
  }

  @Test
  void anInventoryNoticesEveryChangeButNoNewFile() throws Exception {
    Path file = Files.writeString(views.resolve("2.com"), "x");
    ScanInput input = ScanInput.asItIs(views);
    Files.writeString(views.resolve("3.com"), "new");
    assertThat(input.change()).isEmpty();
    Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(1));
    assertThat(input.change()).contains("1 of 2 files");
    ScanInput again = ScanInput.asItIs(views);
    Files.move(views, work.resolve(SESSION).resolve("elsewhere"));
    assertThat(again.change()).contains("cannot list");
    assertThat(again.movedTo(work.resolve(SESSION).resolve("elsewhere")).change()).isEmpty();
  }
}
