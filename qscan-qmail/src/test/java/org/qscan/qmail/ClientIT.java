package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
  }

  /** For a test in which nobody answers; where somebody has to be heard, this may be too short. */
  private void waitsInVain() throws IOException {
    site.set("daemon.patience", "600ms").set("daemon.timeout", "1s");
    site.set("daemon.restart-patience", "1s");
  }

  @AfterEach
  void close() throws IOException {
    site.assertNothingIsLeft();
    site.close();
  }

  /** Whose line in the log is not waited for: a fake daemon has none. */
  private static final String NO_LINE = "";

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
    waitsInVain();
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
    site.set("daemon.timeout", "1s");
    CountDownLatch end = new CountDownLatch(1);
    try (FakeDaemon daemon =
        FakeDaemon.at(
            site.socket(),
            client -> {
              client.greet();
              Eventually.within(600_000, () -> end.getCount() == 0);
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
    assertThat(result.millis()).isBetween(1_500, 120_000);
    assertThat(result.message()).as("octets read").isLessThanOrEqualTo(SIZE);
    assertThat(site.queueLogLines()).as("nothing was started").isEmpty();
  }

  @Test
  void aDaemonThatComesBackInTimeIsFound() throws IOException {
    site.set("daemon.patience", "30s").set("daemon.timeout", "2m");
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

  // --- its configuration

  @ParameterizedTest
  @CsvSource({
    "queue.program, qmail-queue, must be an absolute path",
    "queue.program, /a\\u002fb, must have no backslash",
    "daemon.socket, '', must be an absolute path"
  })
  void aPathThatIsNotAllowedIsTemporaryAndNamedWithItsLine(String key, String value, String says)
      throws IOException {
    Result result = site.set(key, value).call().run();

    assertThat(result.exit()).as("%s", result).isEqualTo(99);
    assertThat(result.logLine()).contains("configuration: " + site.configuration() + ":", says);
  }

  @Test
  void whatIsWrongWithOtherKeysStopsNoMailWhileQscandRunsWell() throws IOException {
    site.daemon();
    String good = Files.readString(site.configuration());
    Files.writeString(
        site.configuration(),
        good
            + "no.such.key=1\ngate.slots=many\nexit.failed=0\ndaemon.fallback=standalone\n"
            + "sweep.options=-f \\\n -all\nnonsense\n"
            + "# a long file\n".repeat(20_000)
            + "gate.slots=2\n");

    assertThat(site.call().run().exit()).isZero();
    assertThat(site.call().message(Mail.eicar("x")).run().exit()).isEqualTo(39);
    assertThat(site.queued()).hasSize(1);
  }

  @Test
  void itGoesByTheNumbersThatQscandHasPublishedAlsoWhileThatIsAway() throws IOException {
    site.set("exit.failed", 71).set("daemon.patience", "700ms").set("daemon.timeout", "1s");
    site.daemon().close();
    site.set("exit.failed", 72).set("daemon.patience", "24h");

    Result result = site.call().run();
    assertThat(result.exit()).as("%s", result).isEqualTo(71);

    Path published = Path.of(site.socket() + ".settings");
    assertThat(published).content().contains("exit.failed=71", "daemon.timeout=1s");
    Files.writeString(published, "exit.failed=0\ndaemon.patience=600ms\nqueue.program=/evil\n");
    assertThat(site.call().run().exit()).as("a code that would not be temporary").isEqualTo(72);
    Files.setPosixFilePermissions(published, PosixFilePermissions.fromString("rw-rw-rw-"));
    site.set("daemon.patience", "600ms");
    assertThat(site.call().run().exit()).as("one that others can write").isEqualTo(72);
  }

  @Test
  void aFileThatIsNamedAndMissingIsTemporary() throws IOException {
    Path missing = site.directory().resolve("missing");
    Result option = site.call().program(site.program(), "-c", missing).run();
    Result variable =
        site.call().program(site.program()).environment("QSCAN_CONFIG", missing.toString()).run();

    assertThat(option.exit()).as("%s", option).isEqualTo(99);
    assertThat(option.logLine()).contains(missing + ": cannot be read: No such file");
    assertThat(variable.exit()).as("%s", variable).isEqualTo(99);
    assertThat(variable.logLine()).contains(missing + ": cannot be read: No such file");
  }

  @Test
  void aProgramIsExecutedOnlyAsAFileOfRootsOrOfTheCallersSays() throws IOException {
    Need.root("give a file away");
    site.queueDoes("never");
    try (FakeDaemon daemon = refusing()) {
      assertThat(daemon).isNotNull();
      Files.setAttribute(site.configuration(), "unix:uid", 54_321);
      Result root = site.call().run();
      assertThat(root.exit()).as("%s", root).isEqualTo(99);
      assertThat(root.logLine()).contains("belongs to user 54321", "chown root");
      Result another = site.call().option("uid", 54_322).run();
      assertThat(another.exit()).as("%s", another).isEqualTo(99);
      Call his = site.call().option("uid", 54_321).environment("TCPREMOTEIP", NO_LINE);
      assertThat(his.run().exit()).as("his own").isEqualTo(39);
      Files.setAttribute(site.configuration(), "unix:uid", 0);
      assertThat(his.run().exit()).as("root's").isEqualTo(39);
      Files.setPosixFilePermissions(
          site.configuration(), PosixFilePermissions.fromString("rw-rw-r--"));
      Result writable = site.call().run();
      assertThat(writable.exit()).as("%s", writable).isEqualTo(99);
      assertThat(writable.logLine()).contains("mode 0664", "chmod go-w");
    }
  }

  private FakeDaemon refusing() throws IOException {
    FakeDaemon daemon =
        FakeDaemon.at(
            site.socket(),
            client -> {
              client.greet();
              client.await('V');
              client.answer('R', 39, SIZE);
              client.await('X');
            });
    Files.setPosixFilePermissions(site.socket(), PosixFilePermissions.fromString("rwxrwxrwx"));
    return daemon;
  }

  // --- who listens

  @Test
  void whoListensMustBeRootOrTheOwnerOfTheDirectory() throws Exception {
    Need.root("listen as another user");
    Path directory = Files.createDirectory(site.directory().resolve("run"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path socket = directory.resolve("sock");
    site.set("daemon.socket", socket).set("daemon.restart-patience", "1s");
    Process stranger =
        new ProcessBuilder(
                "setpriv",
                "--reuid=54321",
                "--clear-groups",
                "perl",
                "-e",
                "use Socket; socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, pack_sockaddr_un(shift));"
                    + " chmod 0666, $ARGV[0]; listen(S, 9); $| = 1; print 1; sleep 600",
                socket.toString())
            .start();
    try {
      assertThat(stranger.getInputStream().read()).isEqualTo('1');
      Result result = site.call().run();
      assertThat(result.exit()).as("%s", result).isEqualTo(99);
      assertThat(result.logLine())
          .contains("user 54321 listens at daemon.socket " + socket, "neither root nor the owner");
      assertThat(result.message()).as("octets read").isLessThanOrEqualTo(SIZE);
      assertThat(site.queueLogLines()).as("nothing was started").isEmpty();

      Files.setAttribute(directory, "unix:uid", 54_321);
      assertThat(site.call().run().logLine()).contains("within daemon.restart-patience");
    } finally {
      stranger.destroyForcibly().waitFor();
    }
  }

  /** The kernel's queue is full: somebody is there, and we wait our turn. */
  @Test
  void aFullBacklogIsWaitedFor() throws Exception {
    site.set("daemon.patience", "600ms").set("daemon.restart-patience", "60s");
    Process slow =
        new ProcessBuilder(
                "perl",
                "-e",
                "use Socket; my $a = pack_sockaddr_un(shift); socket(S, AF_UNIX, SOCK_STREAM, 0);"
                    + " bind(S, $a); listen(S, 0); socket(C, AF_UNIX, SOCK_STREAM, 0);"
                    + " connect(C, $a) or die; $| = 1; print 1; <STDIN>; accept(A, S);"
                    + " accept(B, S); sysread(B, $_, 99);"
                    + " syswrite(B, \"A\\0\\0\\0\\012T\\107\" . (\"\\0\" x 8)); sleep 600",
                site.socket().toString())
            .start();
    try {
      assertThat(slow.getInputStream().read()).isEqualTo('1');
      Running running = site.call().environment("TCPREMOTEIP", NO_LINE).start();
      assertThat(Eventually.within(60_000, () -> descriptor(3, running).startsWith("socket:")))
          .as("it calls")
          .isTrue();
      String call = descriptor(3, running);
      Eventually.within(1_500, () -> !descriptor(3, running).equals(call)); // > daemon.patience
      assertThat(running.isAlive()).isTrue();
      assertThat(descriptor(3, running)).as("it keeps its place in the queue").isEqualTo(call);

      Running other = site.call().environment("TCPREMOTEIP", NO_LINE).start();
      assertThat(Eventually.within(500, () -> !other.isAlive())).as("it waits, too").isFalse();
      other.signal("TERM"); // the call that waits for its turn is interrupted
      assertThat(other.await().exit()).isEqualTo(99);

      slow.getOutputStream().write('\n');
      slow.getOutputStream().flush();

      assertThat(running.await().exit()).isEqualTo(71);
    } finally {
      slow.destroyForcibly().waitFor();
      Files.delete(site.socket());
    }
  }

  /** What the client has open there; empty if it is not open. */
  private static String descriptor(int number, Running client) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/" + client.pid() + "/fd/" + number)).toString();
    } catch (IOException e) {
      return "";
    }
  }

  /** qmail-send delivers nothing while it injects a bounce, and injects it again later. */
  @Test
  void aBounceDoesNotWaitForADaemonThatDoesNotAnswer() throws Exception {
    site.set("daemon.patience", "1500ms").set("daemon.restart-patience", "10m");
    Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    Path published = Path.of(site.socket() + ".settings");
    Files.writeString(published, "bounce.uid=" + self + "\n");
    Files.setPosixFilePermissions(published, PosixFilePermissions.fromString("rw-r--r--"));
    CountDownLatch end = new CountDownLatch(1);
    try (FakeDaemon daemon =
        FakeDaemon.at(
            site.socket(), client -> Eventually.within(600_000, () -> end.getCount() == 0))) {
      assertThat(daemon).isNotNull();
      Result result = site.call().run();
      assertThat(result.exit()).as("%s", result).isEqualTo(99);
      assertThat(result.logLine())
          .contains("within daemon.patience, which is all that a bounce of qmail-send waits");
      assertThat(site.queueLogLines()).as("nothing was started").isEmpty();

      Files.writeString(published, "bounce.uid=54321\n");
      Running other = site.call().environment("TCPREMOTEIP", NO_LINE).start();
      assertThat(Eventually.within(2_500, () -> !other.isAlive())).as("it waits").isFalse();
      other.signal("TERM");
      assertThat(other.await().exit()).isEqualTo(99);
      end.countDown();
    }
  }

  // --- its end

  @ParameterizedTest
  @ValueSource(strings = {"SEGV", "BUS", "ABRT", "FPE", "ILL", "SYS", "TRAP"})
  void aSignalOfACrashIsAnExitCodeAndQueuesNothing(String signal) throws IOException {
    Path go = site.directory().resolve("go");
    try (FakeDaemon daemon = refusing()) {
      assertThat(daemon).isNotNull();
      Running running = site.call().option("hold-message", go).start();
      Eventually.holds(
          "the queue program runs",
          () ->
              site.processes().stream()
                  .anyMatch(one -> Processes.arguments(one).contains("queue-stand-in")));
      running.signal(signal);
      Eventually.holds("it has ended", () -> Processes.arguments(running.front()).isEmpty());
      Files.createFile(go);

      Result result = running.await();
      assertThat(result.exit()).as("%s", result).isEqualTo(81);
      assertThat(result.logLine()).contains("qscan-client crashed", "exit=81");
      assertThat(site.queued()).isEmpty();
    }
  }

  /** Limits below are met by the kernel, which kills at exec(2) what does not fit. */
  @ParameterizedTest
  @ValueSource(strings = {"as", "data", "stack"})
  void underNoLimitDoesItDieOfASignal(String limit) throws IOException {
    site.queue("exec /bin/cat >/dev/null"); // may itself fail for want of memory
    try (FakeDaemon daemon = refusing()) {
      assertThat(daemon).isNotNull();
      for (int kib = limit.equals("stack") ? 32 : 2048; kib <= 10_000; kib += 1 + kib / 4) {
        Result result =
            site.call()
                .environment("TCPREMOTEIP", NO_LINE)
                .program(
                    "/usr/bin/prlimit",
                    "--" + limit + "=" + kib * 1024L,
                    "--",
                    site.program(),
                    "-c",
                    site.configuration())
                .run();
        assertThat(result.exit()).as("%s=%d KiB: %s", limit, kib, result).isIn(39, 54, 81, 99);
      }
      assertThat(site.queued()).isEmpty();
    }
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
        .anyMatch(line -> line.contains("-c is not allowed if qscan-client has more"));
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
          site.call()
              .environment("TCPREMOTEIP", NO_LINE)
              .message(new byte[20 << 20])
              .envelope(octets)
              .option("limit", "-v 8192")
              .run();

      assertThat(result.exit()).as("%s", result).isEqualTo(39);
      assertThat(result.envelope()).as("read to its end").isEqualTo(octets.length);
      System.out.printf(Locale.ROOT, "qscan-client: peak address space %d KiB%n", peak.join());
      assertThat(peak.join()).as("KiB of address space").isBetween(1L, 8192L);
    }
  }
}
