package org.qscan.engine.scan.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.Verdict;
import org.qscan.engine.scan.EndpointHealth;
import org.qscan.engine.scan.Finding;
import org.qscan.engine.scan.ScannerContract;
import org.qscan.engine.scan.VirusScanner;
import org.qscan.engine.testing.FakeDaemon;
import org.qscan.engine.testing.ManualTicker;

/** The contract for scanners that are daemons, and what only a daemon can do wrong. */
abstract class DaemonContract extends ScannerContract {

  /** The scanners': it passes only where a daemon lets it pass. */
  final ManualTicker time = new ManualTicker();

  private final List<AutoCloseable> daemons = new ArrayList<>();
  private int sockets;

  /** The address for the next daemon. */
  abstract String nextAddress();

  /** A scanner that asks at these addresses. */
  abstract VirusScanner scanner(Duration timeout, String... addresses);

  /** One that finds nothing, at this address, and its address. */
  abstract String startClean(String address);

  /** One that finds {@link #FIRST} in everything, and its address. */
  abstract String startInfected(String address);

  /** One that has no verdict on anything, and its address. */
  abstract String startWithoutVerdict(String address);

  final String nextSocket() {
    return "unix:" + scratch.resolve("daemon" + ++sockets + ".sock");
  }

  final <T extends AutoCloseable> T kept(T daemon) {
    daemons.add(daemon);
    return daemon;
  }

  /** An address where nobody listens. */
  final String nowhere() {
    return "unix:" + scratch.resolve("nobody.sock");
  }

  final String holding(FakeDaemon.Conversation conversation) {
    return kept(new FakeDaemon(nextAddress(), conversation)).address().toString();
  }

  /** What a daemon does that lets {@link #SHORT} pass, and then so much more that nobody waits. */
  final void saysNothing() throws InterruptedException {
    time.advance(SHORT);
    Thread.sleep(60_000);
  }

  @AfterEach
  void closeDaemons() throws Exception {
    for (AutoCloseable daemon : daemons) {
      daemon.close();
    }
  }

  @Override
  protected VirusScanner clean() {
    return scanner(LONG, startClean(nextAddress()));
  }

  @Override
  protected VirusScanner missing() {
    return scanner(LONG, nowhere());
  }

  /** Accepts the connection and closes it, as daemons do that serve certain clients only. */
  @Override
  protected VirusScanner forbidden() {
    return scanner(LONG, holding(wire -> {}));
  }

  @Override
  protected void assertNothingIsLeft() {}

  @Test
  void oneThatAcceptsAndSaysNothingIsUnknownWhenTheTimeIsOver() {
    assertFails(scanner(SHORT, holding(wire -> saysNothing()))).hasMessageContaining("time");
  }

  @Test
  void oneThatSaysNonsenseIsUnknown() {
    assertFails(scanner(LONG, holding(wire -> wire.send("220 mail.example.org ESMTP\r\n\0\n"))));
    assertFails(scanner(LONG, holding(wire -> wire.send("\0\0\0\0\n\n\n\n"))));
  }

  @Test
  void theNextAddressIsAskedWhereOneDoesNotAnswer() throws Exception {
    VirusScanner scanner = scanner(LONG, nowhere(), startInfected(nextAddress()));
    assertThat(verdict(scanner)).isEqualTo(new Verdict.Infected(List.of(FIRST)));
  }

  @Test
  void theNextAddressIsAskedWhereOneHasNoVerdict() throws Exception {
    VirusScanner scanner =
        scanner(LONG, startWithoutVerdict(nextAddress()), startInfected(nextAddress()));
    assertThat(verdict(scanner)).isEqualTo(new Verdict.Infected(List.of(FIRST)));
  }

  @Test
  void whereNoAddressAnswersEachIsNamedWithItsCause() {
    assertFails(scanner(LONG, nowhere(), startWithoutVerdict(nextAddress())))
        .hasMessageContaining("nobody.sock")
        .hasMessageContaining("; ");
  }

  @Test
  void aFailingAddressRestsAndIsAskedAgain() throws Exception {
    String second = nextAddress();
    String socket = nextSocket();
    VirusScanner scanner = scanner(LONG, socket, startInfected(second));
    assertThat(verdict(scanner)).isInstanceOf(Verdict.Infected.class);
    startClean(socket);
    assertThat(verdict(scanner)).as("the first one rests").isInstanceOf(Verdict.Infected.class);
    time.advance(Duration.ofMillis(1001));
    assertThat(verdict(scanner)).isEqualTo(new Verdict.Clean());
  }

  @Test
  void aRestNeverMakesAMessageFail() throws Exception {
    String socket = nextSocket();
    VirusScanner scanner = scanner(LONG, socket);
    for (int i = 0; i < 5; i++) {
      assertFails(scanner);
    }
    startClean(socket);
    assertThat(verdict(scanner)).isEqualTo(new Verdict.Clean());
  }

  @Test
  void theHealthOfEveryAddressIsTold() {
    List<EndpointHealth> health =
        scanner(LONG, nowhere(), startClean(nextAddress())).health(session());
    assertThat(health).hasSize(2);
    assertThat(health.get(0).failure()).contains("nobody.sock");
    assertThat(health.get(1).failure()).isNull();
  }

  @Test
  void aScanThatIsBrokenOffFailsAtOnce() throws Exception {
    VirusScanner scanner = hangs(Duration.ofMinutes(2));
    Thread other =
        new Thread(() -> {
          try {
            while (true) {
              Thread.sleep(50);
              scanner.cancel(session());
            }
          } catch (InterruptedException e) {
            // Done.
          }
        });
    other.start();
    long start = System.nanoTime();
    assertFails(scanner);
    assertThat(System.nanoTime() - start).isLessThan(Duration.ofSeconds(100).toNanos());
    other.interrupt();
    other.join();
  }

  @Test
  void manyMessagesAtATimeEachGetTheirOwnVerdict() throws Exception {
    VirusScanner scanner = scanner(LONG, startInfected(nextAddress()));
    List<Thread> threads = new ArrayList<>();
    List<String> wrong = new java.util.concurrent.CopyOnWriteArrayList<>();
    for (int i = 0; i < 8; i++) {
      String session = session() + "-" + i;
      Thread thread =
          new Thread(() -> {
            for (int n = 0; n < 20; n++) {
              try {
                Finding finding = scanner.scan(views, session);
                if (!finding.threats().equals(List.of(FIRST))) {
                  wrong.add(finding.toString());
                }
              } catch (ScanFailure e) {
                wrong.add(e.getMessage());
              }
            }
          });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(wrong).isEmpty();
  }
}
