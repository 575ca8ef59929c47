package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.qmail.Call.Result;
import org.qscan.qmail.Call.Running;
import org.qscan.qmail.FakeDaemon.Client;
import org.qscan.qmail.FakeDaemon.Manners;

/** qscan-client with a daemon that is away, or is not what it should be. */
class ClientIT {

  private final Site site;

  ClientIT() throws IOException {
    site = Site.create(Front.RESIDENT).withoutDaemon();
    site.set("daemon.patience", "600ms").set("daemon.timeout", "1s");
  }

  @AfterEach
  void close() throws IOException {
    site.assertNothingIsLeft();
    site.close();
  }

  private static final int SIZE = Mail.clean("clean").length;

  private static final Map<String, Manners> BAD =
      Map.ofEntries(
          Map.entry("closes at once", client -> {}),
          Map.entry("says nothing", client -> client.await('X')),
          Map.entry("greets with garbage", client -> client.say("220 ready\r\n")),
          Map.entry("greets in another version", client -> greet(client, "H\0\0\0\006qscan\002")),
          Map.entry("greets by half", client -> greet(client, "H\0\0\0\006qsc")),
          Map.entry("greets without end", client -> greet(client, "H\177\0\0\0qscan\001")),
          Map.entry("queues in place of a greeting", client -> greet(client, queue())),
          Map.entry("goes after the greeting", Client::greet),
          Map.entry(
              "queues before it has the message",
              client -> {
                client.greet();
                client.say(queue());
                client.await('X');
              }),
          Map.entry(
              "goes before its answer",
              client -> {
                client.greet();
                client.await('V');
              }),
          Map.entry(
              "never answers",
              client -> {
                client.greet();
                client.await('X');
              }),
          Map.entry("answers by half", client -> answer(client, "A\0\0\0\012Q\0\0\0\0\0")),
          Map.entry("answers with garbage", client -> answer(client, "250 ok\r\n")),
          Map.entry("greets again", client -> answer(client, "H\0\0\0\006qscan\001")),
          Map.entry("answers what is not known", client -> judge(client, 'Y', 0, SIZE)),
          Map.entry("queues with a code", client -> judge(client, 'Q', 31, SIZE)),
          Map.entry("refuses with 0", client -> judge(client, 'R', 0, SIZE)),
          Map.entry("defers with 0", client -> judge(client, 'T', 0, SIZE)),
          Map.entry("defers for good", client -> judge(client, 'T', 31, SIZE)),
          Map.entry("has judged less", client -> judge(client, 'Q', 0, SIZE - 1)),
          Map.entry("has judged more", client -> judge(client, 'Q', 0, SIZE + 1)),
          Map.entry("discards another one", client -> judge(client, 'D', 0, 7)));

  private static void greet(Client client, String greeting) throws IOException {
    client.await('H');
    client.say(greeting);
    client.await('X');
  }

  private static String queue() {
    return "A\0\0\0\012Q\0" + "\0".repeat(8);
  }

  private static void answer(Client client, String octets) throws IOException {
    client.greet();
    client.await('V');
    client.say(octets);
    client.await('X');
  }

  private static void judge(Client client, char fate, int code, int size) throws IOException {
    client.greet();
    client.await('V');
    client.answer(fate, code, size);
    client.await('X');
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "closes at once",
        "says nothing",
        "greets with garbage",
        "greets in another version",
        "greets by half",
        "greets without end",
        "queues in place of a greeting",
        "goes after the greeting",
        "queues before it has the message",
        "goes before its answer",
        "never answers",
        "answers by half",
        "answers with garbage",
        "greets again",
        "answers what is not known",
        "queues with a code",
        "refuses with 0",
        "defers with 0",
        "defers for good",
        "has judged less",
        "has judged more",
        "discards another one"
      })
  void whatTheDaemonShouldNotSayIsTemporaryAndQueuesNothing(String what) throws IOException {
    Path go = site.directory().resolve("go");
    Call call = site.call();
    if (what.equals("queues before it has the message")) {
      call.option("hold-message", go);
      Thread later =
          new Thread(() -> {
            Eventually.within(1_500, () -> false);
            assertThat(go.toFile().mkdir()).isTrue();
          });
      later.setDaemon(true);
      later.start();
    }
    try (FakeDaemon daemon = FakeDaemon.at(site.socket(), Objects.requireNonNull(BAD.get(what)))) {
      assertThat(daemon).isNotNull();
      Result result = call.run();

      assertThat(result.exit()).as("%s", result).isEqualTo(99);
      assertThat(result.logLine()).contains("verdict=failed", "exit=99");
      assertThat(site.queued()).isEmpty();
      assertThat(site.queueLogLines()).allMatch(line -> line.contains(" envelope 0 exit 54"));
    }
  }

  @Test
  void aDaemonThatTakesNothingIsTemporary() throws IOException {
    CountDownLatch end = new CountDownLatch(1);
    try (FakeDaemon daemon =
        FakeDaemon.at(
            site.socket(),
            client -> {
              client.greet();
              Eventually.within(20_000, () -> end.getCount() == 0);
            })) {
      assertThat(daemon).isNotNull();
      Result result = site.call().message(new byte[3_000_000]).run();
      end.countDown();

      assertThat(result.exit()).as("%s", result).isEqualTo(99);
      assertThat(result.logLine()).contains("daemon.timeout");
      assertThat(site.queued()).isEmpty();
    }
  }

  @Test
  void aDaemonThatIsAwayIsWaitedForAsLongAsConfigured() throws IOException {
    Result result = site.set("daemon.patience", "1500ms").call().run();

    assertThat(result.exit()).as("%s", result).isEqualTo(99);
    assertThat(result.logLine())
        .contains("no answer from qscand", "daemon.socket " + site.socket());
    assertThat(result.millis()).isBetween(1_500, 10_000);
    assertThat(result.message()).as("octets read").isLessThanOrEqualTo(SIZE);
    assertThat(site.queueLogLines()).as("nothing was started").isEmpty();
  }

  @Test
  void aDaemonThatComesBackInTimeIsFound() throws IOException {
    site.set("daemon.patience", "30s");
    Running running = site.call().start();
    Eventually.within(500, () -> false);
    assertThat(running.isAlive()).isTrue();
    site.daemon();

    Result result = running.await();
    assertThat(result.exit()).as("%s", result).isZero();
    assertThat(site.queued()).hasSize(1);
  }

  @Test
  void aSocketThatNobodyListensAtIsADaemonThatIsAway() throws IOException {
    Daemon daemon = site.daemon();
    daemon.signal("KILL");
    daemon.await();
    assertThat(site.socket()).exists();

    assertThat(site.call().run().exit()).isEqualTo(99);
  }

  @Test
  void theFallbackIsTheStandaloneOneAndItReadsTheWholeMessage() throws IOException {
    site.set("daemon.fallback", "standalone")
        .set("daemon.standalone-program", Site.home().resolve("bin/qscan-queue"));

    assertThat(site.call().run().exit()).isZero();
    assertThat(site.queued())
        .singleElement()
        .satisfies(one -> assertThat(one.octets()).isEqualTo(Mail.clean("clean")));
    assertThat(site.call().message(Mail.eicar("x")).run().exit()).isEqualTo(39);
  }

  @Test
  void aFallbackThatIsMissingIsTemporaryAndNamed() throws IOException {
    site.set("daemon.fallback", "standalone").set("daemon.standalone-program", "/nonexistent/q");

    Result result = site.call().run();

    assertThat(result.exit()).as("%s", result).isEqualTo(99);
    assertThat(result.logLine()).contains("daemon.standalone-program /nonexistent/q");
  }

  @ParameterizedTest
  @CsvSource({
    "daemon.patience, 5, want a whole number with a unit",
    "queue.program, qmail-queue, want an absolute path",
    "daemon.fallback, pass, want one of defer",
    "exit.failed, 0, want a whole number from 41"
  })
  void aValueThatIsNotAllowedIsTemporaryAndNamedWithItsLine(String key, String value, String says)
      throws IOException {
    Result result = site.set(key, value).call().run();

    assertThat(result.exit()).as("%s", result).isEqualTo(99);
    assertThat(result.logLine())
        .contains("configuration: " + site.configuration() + ":", key + "=" + value, says);
  }

  @Test
  void anInstallationWithMoreRightsThanItsCallerBelievesNothingThatHeSays() throws IOException {
    Need.root("make a program setgid");
    Path client = site.directory().resolve("privileged");
    Files.copy(site.program(), client);
    Files.setAttribute(client, "unix:gid", 54_321);
    Files.setAttribute(client, "unix:mode", 02755);
    Call call =
        site.call()
            .option("uid", 54_322)
            .program(client)
            .besideNoSite()
            .environment("QSCAN_CONFIG", site.configuration().toString());

    Result result = call.run();

    assertThat(result.exit()).as("%s", result).isEqualTo(99);
    assertThat(result.logLine()).contains("/run/qscan/qscand.sock"); // the default, not the site's
    Result named = call.program(client, "-c", site.configuration()).run();
    assertThat(named.exit()).as("%s", named).isEqualTo(99);
    assertThat(named.log())
        .anyMatch(line -> line.contains("-c is not for a qscan-client with more"));
  }

  @Test
  void eightMebibytesOfAddressSpaceAreEnoughForAMessageOfTwentyAndManyRecipients()
      throws IOException {
    site.queue("cat >/dev/null; cat <&1 >/dev/null; exit 54");
    StringBuilder envelope = new StringBuilder("Fa@a.test\0");
    for (int i = 0; i < 30_000; i++) {
      envelope.append("Trecipient-").append(i).append("@b.test\0");
    }
    byte[] octets = Mail.octets(envelope.append('\0').toString());
    CompletableFuture<Long> peak = new CompletableFuture<>();
    try (FakeDaemon daemon =
        FakeDaemon.at(
            site.socket(),
            client -> {
              client.greet();
              client.await('E');
              client.await('V');
              peak.complete(
                  Processes.of(site.mark()).stream()
                      .filter(one -> Processes.arguments(one).contains("qscan-client -c"))
                      .filter(one -> !Processes.arguments(one).contains("perl"))
                      .mapToLong(one -> Processes.status(one.pid(), "VmPeak"))
                      .max()
                      .orElse(-1));
              client.answer('R', 39, 20 << 20);
              client.await('X');
            })) {
      assertThat(daemon).isNotNull();
      Result result =
          site.call().message(new byte[20 << 20]).envelope(octets).option("limit", "-v 8192").run();

      assertThat(result.exit()).as("%s", result).isEqualTo(39);
      assertThat(result.envelope()).as("read to its end").isEqualTo(octets.length);
      System.out.printf(Locale.ROOT, "qscan-client: peak address space %d KiB%n", peak.join());
      assertThat(peak.join()).as("KiB of address space").isBetween(1L, 8192L);
    }
  }
}
