package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.qmail.Call.Result;
import org.qscan.qmail.Call.Running;

/** qscand itself: its life, its limits, and clients that are not what they should be. */
class DaemonIT {

  private final Site site;

  DaemonIT() throws IOException {
    site = Site.create(Front.RESIDENT);
  }

  @AfterEach
  void close() throws IOException {
    site.assertNothingIsLeft();
    site.close();
  }

  private void mailFlows() throws IOException {
    int before = site.queued().size();
    Result clean = site.call().run();
    assertThat(clean.exit()).as("%s; %s", clean, daemonLog()).isZero();
    assertThat(site.queued()).hasSize(before + 1);
    assertThat(site.call().message(Mail.eicar("x")).run().exit()).isEqualTo(39);
  }

  private List<String> daemonLog() throws IOException {
    return Daemon.lines(site.daemonLog());
  }

  private void logs(String text) {
    Eventually.holds(
        "the log says " + text,
        () -> {
          try {
            return daemonLog().stream().anyMatch(line -> line.contains(text));
          } catch (IOException e) {
            return false;
          }
        });
  }

  // --- its life

  @Test
  void onTermItFinishesWhatItHasAndEndsWith0() throws IOException {
    Path go = holdScans();
    Running scanned = site.call().start();
    awaitScan();
    Path rest = site.directory().resolve("rest");
    Running arriving = site.call().option("hold-message", rest).start();
    Eventually.holds("both are under way", () -> greeted() == 2);
    Daemon daemon = site.daemon();
    daemon.signal("TERM");
    logs(
        "qscand was told to stop: it takes no more messages, and ends when the 2 that are under way");
    Files.createFile(rest);
    Files.createFile(go);

    assertThat(scanned.await().exit()).as("what had arrived").isZero();
    assertThat(arriving.await().exit()).as("what was arriving").isZero();
    assertThat(daemon.await()).isZero();
    assertThat(site.queued()).hasSize(2);
    assertThat(site.socket()).doesNotExist();
  }

  @Test
  void onTermItDoesNotWaitForOneThatDoesNotComeToItsEnd() throws IOException {
    site.set("daemon.drain-timeout", "1s");
    Path never = site.directory().resolve("never");
    Running arriving = site.call().option("hold-message", never).start();
    Eventually.holds("it is under way", () -> greeted() == 1);
    Daemon daemon = site.daemon();
    daemon.signal("TERM");

    logs("qscand was told to stop, and half of daemon.drain-timeout is over");
    assertThat(daemon.await()).isZero();
    Files.createFile(never);
    assertThat(arriving.await().exit()).isEqualTo(99);
    assertThat(site.queued()).isEmpty();
  }

  /** Clients that qscand has greeted: they have started the real qmail-queue. */
  private long greeted() {
    return site.processes().stream()
        .filter(one -> Processes.arguments(one).contains("queue-stand-in"))
        .count();
  }

  @Test
  void itDoesNotWaitForAScanLongerThanConfigured() throws IOException {
    Path go = holdScans();
    site.set("daemon.drain-timeout", "2s");
    Running scanned = site.call().start();
    awaitScan();
    Daemon daemon = site.daemon();
    daemon.signal("TERM");

    assertThat(daemon.await()).isZero();
    assertThat(scanned.await().exit()).isEqualTo(99);
    assertThat(site.queued()).isEmpty();
    assertThat(go).doesNotExist();
  }

  @Test
  void killedWhileItScansItsClientsSayTryAgainAtOnceAndTheNextOneTidiesUp() throws IOException {
    holdScans();
    Running scanned = site.call().start();
    awaitScan();
    long killed = System.nanoTime();
    site.daemon().signal("KILL");

    assertThat(scanned.await().exit()).isEqualTo(99);
    assertThat((System.nanoTime() - killed) / 1_000_000).as("ms").isLessThan(60_000);
    assertThat(site.queued()).isEmpty();
    site.sweep("exit 0");
    assertThat(site.call().run().exit()).as("by a new daemon").isZero();
  }

  @Test
  void killedWhileALargeMessageArrivesItLeavesNoFile() throws IOException {
    Path go = site.directory().resolve("go");
    Running arriving = site.call().message(new byte[5_000_000]).option("hold-message", go).start();
    Eventually.holds(
        "it is on the disk, without a name",
        () ->
            openSpoolFiles(site.daemonPid()) == 1
                && Site.list(site.work().resolve(".spool")).isEmpty());
    site.daemon().signal("KILL");
    Files.createFile(go);

    assertThat(arriving.await().exit()).isEqualTo(99);
    assertThat(site.queued()).isEmpty();
  }

  private long openSpoolFiles(long pid) {
    return Site.list(Path.of("/proc/" + pid + "/fd")).stream()
        .filter(fd -> {
          try {
            return Files.readSymbolicLink(fd).toString().contains("/.spool/");
          } catch (IOException e) {
            return false;
          }
        })
        .count();
  }

  @Test
  void aRestartCostsTheClientsThatComeMeanwhileNothingButTime() throws IOException {
    site.set("daemon.patience", "60s");
    mailFlows();
    List<Running> all = new ArrayList<>();
    site.withoutDaemon();
    for (int i = 0; i < 10; i++) {
      all.add(site.call().start());
    }
    site.daemon();
    for (Running one : all) {
      assertThat(one.await().exit()).isZero();
    }
    assertThat(site.queued()).hasSize(11);
  }

  @Test
  void onHupItReadsItsConfigurationAgainAndRefusesABadOne() throws IOException {
    mailFlows();
    String good = Files.readString(site.configuration());
    Daemon daemon = site.daemon();
    site.keepDaemon();
    Files.writeString(site.configuration(), good + "exit.infected=31\n");
    daemon.signal("HUP");
    logs("has read its configuration again");
    assertThat(site.call().message(Mail.eicar("x")).run().exit()).isEqualTo(31);

    Files.writeString(site.configuration(), good + "exit.infected=31\ndaemon.fallback=x\n");
    daemon.signal("HUP");
    logs("daemon.fallback is no longer a key");

    Files.writeString(site.configuration(), good + "exit.infected=12\nno.such.key=1\n");
    daemon.signal("HUP");
    logs("the old configuration stays in force");
    logs("unknown key no.such.key");
    assertThat(site.call().message(Mail.eicar("x")).run().exit()).isEqualTo(31);
    assertThat(daemon.isAlive()).isTrue();
    daemon.close();
  }

  @Test
  void onHupItTriesAConfigurationBeforeThatTakesOver() throws IOException {
    mailFlows();
    String good = Files.readString(site.configuration());
    Daemon daemon = site.daemon();
    site.keepDaemon();
    Path nowhere = site.directory().resolve("nowhere");
    Files.writeString(
        site.configuration(),
        good.replace(
                "sweep.program=" + site.directory().resolve("sweep"), "sweep.program=" + nowhere)
            + "exit.infected=31\n");
    daemon.signal("HUP");
    logs("the old configuration stays in force: sweep.program " + nowhere + " does not exist");
    assertThat(site.call().message(Mail.eicar("x")).run().exit()).isEqualTo(39);

    Files.delete(site.configuration());
    daemon.signal("HUP");
    logs("the old configuration stays in force: " + site.configuration() + ": there is no such");

    // What the old one fails as well is no reason to keep it.
    Files.writeString(site.configuration(), good + "exit.infected=31\n");
    Path queue = site.directory().resolve("qmail-queue-old");
    Files.move(queue, site.directory().resolve("away"));
    daemon.signal("HUP");
    logs("does not exist, or lies in a directory that this user cannot search (also by the old");
    logs("has read its configuration again");
    Files.move(site.directory().resolve("away"), queue);
    assertThat(site.call().message(Mail.eicar("x")).run().exit()).isEqualTo(31);
    daemon.close();
  }

  @Test
  void aSecondOneDoesNotTakeTheSocketOfTheFirst() throws IOException {
    mailFlows();
    try (Daemon second = Daemon.start(site, site.directory().resolve("second.log"))) {
      assertThat(second.isReady()).isFalse();
      assertThat(second.await()).isEqualTo(111);
      assertThat(second.lines()).anyMatch(line -> line.contains("another qscand answers"));
    }
    mailFlows();
  }

  @Test
  void aConfigurationThatIsWrongIsRefusedWithItsLine() throws IOException {
    site.set("gate.slots", "many");
    Daemon daemon = site.daemon();
    assertThat(daemon.isReady()).isFalse();
    assertThat(daemon.await()).isEqualTo(111);
    assertThat(daemonLog())
        .anyMatch(line -> line.contains(site.configuration() + ":") && line.contains("gate.slots"));
  }

  @Test
  void theSocketHasTheModeThatIsConfigured() throws IOException {
    for (String mode : List.of("0600", "0660", "0666")) {
      site.set("daemon.socket-mode", mode).daemon();
      int found = (Integer) Files.getAttribute(site.socket(), "unix:mode") & 0777;
      assertThat(Integer.toOctalString(found)).isEqualTo(mode.substring(1));
    }
  }

  @Test
  void itTellsRootAndItsOwnUserHowItIsAndNobodyElse() throws Exception {
    mailFlows();
    Path out = site.directory().resolve("status");
    assertThat(run(out, "status")).isZero();
    assertThat(Files.readString(out))
        .containsPattern("messages_clean +1\\n")
        .containsPattern("messages_infected +1\\n")
        .containsPattern("connections +1\\n")
        .containsPattern("gate_slots +20\\n")
        .containsPattern("gate_taken +0\\n")
        .containsPattern("total_ms_max +[1-9]")
        .containsPattern("scanner_sweep +good\\n")
        .containsPattern("scanner_sweep_says +" + site.directory());
    assertThat(run(out, "status", "--json")).isZero();
    assertThat(Files.readString(out)).startsWith("{").contains("\"messages_clean\":1");
    assertThat(run(out, "top")).isZero();
    assertThat(Files.readString(out)).containsPattern("messages_clean +1\\n");
    assertThat(run(out, "top", "--interval", "0")).isEqualTo(2);
    Need.root("ask as another user");
    site.openToAll();
    assertThat(run(out, List.of("setpriv", "--reuid=54321", "--clear-groups", "--"), "status"))
        .isEqualTo(1);
    site.withoutDaemon();
    assertThat(run(out, "status")).isEqualTo(1);
  }

  private int run(Path out, String... words) throws Exception {
    return run(out, List.of(), words);
  }

  private int run(Path out, List<String> as, String... words) throws Exception {
    List<String> argv = new ArrayList<>(as);
    argv.add(site.program("qscan").toString());
    argv.addAll(List.of("-c", site.configuration().toString()));
    argv.addAll(List.of(words));
    Process process = new ProcessBuilder(argv).redirectOutput(out.toFile()).start();
    return process.waitFor();
  }

  @Test
  void whereNothingIsScannedTheLogSaysSoFromTheStartAndOfEveryMessage() throws IOException {
    site.set("scanners", "none");
    Result eicar = site.call().message(Mail.eicar("x")).run();
    assertThat(eicar.exit()).as("%s", eicar).isZero();
    assertThat(eicar.logLine())
        .contains("verdict=unscannable ", "reason=unscanned ", "scanners=none: unscanned");
    logs("scanners=none: NO MAIL IS SCANNED");
  }

  @Test
  void whatWasFoundOnceIsRefusedWithoutARunWhereTheVirusDataAreKnown() throws Exception {
    Path data = Files.createDirectory(site.directory().resolve("data"));
    Files.writeString(data.resolve("a.ide"), "identities");
    site.set("sweep.environment", "SAV_IDE=" + data);
    Path broken = site.directory().resolve("broken");
    site.sweep(
        "[ ! -e "
            + broken
            + " ] || exit 99\nexec perl "
            + Site.resource("sweep-stand-in.pl")
            + " \"$@\"");
    assertThat(site.call().message(Mail.eicar("x")).run().logLine()).contains("verdict=infected");
    Files.createFile(broken);
    Result again = site.call().message(Mail.eicar("x")).run();
    assertThat(again.exit()).as("%s", again).isEqualTo(39);
    assertThat(again.logLine())
        .contains("verdict=infected", "threat=EICAR", "sweep: known by its content");
    Files.writeString(data.resolve("b.ide"), "more");
    Eventually.holds(
        "it is asked again",
        () -> {
          try {
            return site.call().message(Mail.eicar("x")).run().exit() == 99;
          } catch (IOException e) {
            return false;
          }
        });
  }

  @Test
  void itWarnsWhereAnAnswerMayComeTooLateAndCountsTheRunsThatMessagesShare() throws IOException {
    site.set("extract.timeout", "30s").set("gate.patience", "60s").set("scan.timeout", "120s");
    site.set("daemon.timeout", "450s");
    mailFlows();
    logs("daemon.timeout is 450s, and an answer may take 450s: extract.timeout, gate.patience and");
    site.set("daemon.timeout", "451s");
    mailFlows();
    site.set("batch.max-messages", "1").set("daemon.timeout", "211s");
    mailFlows();
    assertThat(daemonLog())
        .noneMatch(line -> line.matches(".*daemon.timeout is (451|211)s.*"))
        .anyMatch(line -> line.contains("is ready"));
    site.set("daemon.timeout", "210s");
    mailFlows();
    logs("daemon.timeout is 210s, and an answer may take 210s: extract.timeout, gate.patience and");
  }

  @Test
  void aSocketThatIsDescriptor0IsListenedAtAndStays() throws IOException {
    site.withoutDaemon();
    for (int i = 0; i < 2; i++) {
      try (Daemon daemon = Daemon.startWithSocket(site, site.daemonLog(), site.socket())) {
        assertThat(daemon.isReady()).as("%s", daemonLog()).isTrue();
        assertThat(site.call().run().exit()).as("%s", daemonLog()).isZero();
        assertThat(site.call().message(Mail.eicar("x")).run().exit()).isEqualTo(39);
        daemon.signal("TERM");
        assertThat(daemon.await()).isZero();
      }
      assertThat(site.socket()).exists();
      assertThat(daemonLog())
          .contains(
              "qscan: qscand is ready at "
                  + site.socket()
                  + ", a socket that it was given as descriptor 0")
          .endsWith("qscan: qscand ends");
    }
  }

  @Test
  void aSocketOfAnotherNameIsRefused() throws IOException {
    site.withoutDaemon();
    Path other = site.directory().resolve("other.sock");
    try (Daemon daemon = Daemon.startWithSocket(site, site.daemonLog(), other)) {
      assertThat(daemon.isReady()).isFalse();
      assertThat(daemon.await()).isEqualTo(111);
    }
    logs("descriptor 0 listens at " + other + ", and daemon.socket is " + site.socket());
  }

  // --- who its clients are

  @Test
  void aBounceIsKnownByTheUserThatTheKernelNames() throws IOException {
    Need.root("call as other users");
    Files.setPosixFilePermissions(
        site.queueDirectory(), PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.writeString(site.directory().resolve("queue.log"), "");
    Files.setPosixFilePermissions(
        site.directory().resolve("queue.log"), PosixFilePermissions.fromString("rw-rw-rw-"));
    site.openToAll().set("bounce.user", 54_321).set("bounce.infected", "accept");

    Result ours = bounceFrom(54_321);
    assertThat(ours.exit()).as("%s", ours).isZero();
    assertThat(ours.logLine()).contains("bounce.infected=accept", " user=54321");
    Result another = bounceFrom(54_322);
    assertThat(another.exit()).as("%s", another).isEqualTo(39);
    assertThat(another.logLine()).contains(" user=54322");
  }

  private Result bounceFrom(int uid) throws IOException {
    return site.call()
        .message(Mail.eicar("failure notice"))
        .envelope(Mail.octets("F\0Ta@b.test\0\0"))
        .option("uid", uid)
        .run();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.0\r\n\r\n",
        "H\0\0\0\006qscan\002",
        "H\0\0\0\006qscam\001",
        "H\0\0\0\0",
        "H\377\377\377\377",
        "M\0\0\0\001x",
        "E\0\0\0\010\0\0\0\0\0\0\0\0",
        RawClient.HELLO + RawClient.HELLO,
        RawClient.HELLO + "M\0\0\0\0",
        RawClient.HELLO + "M\0\001\0\001",
        RawClient.HELLO + "E\0\0\0\001x",
        RawClient.HELLO + "M\0\0\0\001xE\0\0\0\010\0\0\0\0\0\0\0\002",
        RawClient.HELLO + "V\0\0\0\011\001\0\0\0\0\0\0\0\001",
        RawClient.HELLO + "V\0\020\0\0",
        RawClient.HELLO + "A\0\0\0\012Q\0\0\0\0\0\0\0\0\0",
        RawClient.HELLO + "E\0\0\0\010\0\0\0\0\0\0\0\0M\0\0\0\001x",
        RawClient.HELLO + "E\0\0\0\010\0\0\0\0\0\0\0\0V\0\0\0\011\011\0\0\0\0\0\0\0\0"
      })
  void whatIsNotOfTheProtocolIsAnsweredWithTryAgain(String octets) throws IOException {
    site.daemon();
    try (RawClient raw = RawClient.at(site.socket())) {
      raw.say(octets);
      boolean greeted = octets.startsWith(RawClient.HELLO);
      String said = raw.hear(greeted ? 11 + 7 : 7);
      assertThat(said.substring(greeted ? 11 : 0)).startsWith("A").endsWith("T\143");
    }
    logs("verdict=failed");
    mailFlows();
  }

  @Test
  void randomOctetsDoItNoHarm() throws IOException {
    site.daemon();
    Random random = new Random(5);
    String types = "HMEVXAS";
    for (int i = 0; i < 300; i++) {
      try (RawClient raw = RawClient.at(site.socket())) {
        StringBuilder octets = new StringBuilder(random.nextInt(4) == 0 ? "" : RawClient.HELLO);
        for (int frame = random.nextInt(5); frame > 0; frame--) {
          int length = random.nextInt(30);
          octets.append(types.charAt(random.nextInt(types.length()))).append("\0\0\0");
          octets.append((char) (random.nextInt(10) == 0 ? random.nextInt(256) : length));
          for (int n = 0; n < length; n++) {
            octets.append((char) random.nextInt(256));
          }
        }
        raw.say(octets.toString());
      } catch (IOException e) {
        // It has hung up before all was said.
      }
    }
    mailFlows();
  }

  // --- its limits

  @Test
  void besideFiveHundredSlowSendersMailFlowsAndNoneHasAThreadOfItsOwn() throws Exception {
    site.set("gate.slots", 2);
    mailFlows();
    List<RawClient> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 500; i++) {
        slow.add(RawClient.at(site.socket()).say(RawClient.HELLO));
      }
      Thread drip = new Thread(() -> drip(slow));
      drip.setDaemon(true);
      drip.start();
      for (int i = 0; i < 8; i++) { // how fast is for samples/bench to say
        List<Running> all = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
          all.add(site.call().start());
        }
        for (Running one : all) {
          assertThat(one.await().exit()).isZero();
        }
      }
      assertThat(Processes.status(site.daemonPid(), "Threads")).isLessThan(60);
    } finally {
      for (RawClient one : slow) {
        one.close();
      }
    }
    mailFlows();
  }

  private static void drip(List<RawClient> slow) {
    try {
      while (true) {
        long turn = System.nanoTime();
        for (RawClient one : slow) {
          one.message("x");
        }
        Thread.sleep(Math.max(1, 1000 - (System.nanoTime() - turn) / 1_000_000));
      }
    } catch (IOException | InterruptedException e) {
      // The test is over.
    }
  }

  @Test
  void moreConnectionsThanItTakesWaitAndAreToldToTryAgainAndThenAllIsWell() throws IOException {
    site.set("daemon.max-connections", 100);
    site.set("daemon.patience", "3s").set("daemon.restart-patience", "3s");
    mailFlows();
    List<RawClient> many = new ArrayList<>();
    try {
      for (int i = 0; i < 1_000; i++) {
        many.add(RawClient.at(site.socket()).say(RawClient.HELLO));
      }
      Result excess = site.call().run();
      assertThat(excess.exit()).as("%s", excess).isEqualTo(99);
      assertThat(excess.logLine()).contains("no answer from qscand");
      assertThat(Site.list(Path.of("/proc/" + site.daemonPid() + "/fd"))).hasSizeLessThan(200);
    } finally {
      for (RawClient one : many) {
        one.close();
      }
    }
    Eventually.holds(
        "there is room again",
        () -> {
          try {
            return site.call().run().exit() == 0;
          } catch (IOException e) {
            return false;
          }
        });
    mailFlows();
  }

  @Test
  void oneThatSaysNothingIsSentAway() throws IOException {
    site.set("daemon.idle-timeout", "3s"); // mail that is not idle must flow beside it
    site.daemon();
    try (RawClient raw = RawClient.at(site.socket())) {
      raw.say(RawClient.HELLO).message("Subject: x\n");
      assertThat(raw.hear(11 + 7)).endsWith("T\143");
    }
    logs("qscan-client sent nothing within daemon.idle-timeout");
    mailFlows();
  }

  @Test
  void oneThatTakesTooLongIsSentAway() throws IOException {
    site.set("daemon.receive-timeout", "1s");
    Result result = site.call().option("chunk", 5).option("pause", 200_000).run();

    assertThat(result.exit()).as("%s", result).isEqualTo(99);
    assertThat(result.logLine()).contains("did not arrive within daemon.receive-timeout");
    assertThat(site.queued()).isEmpty();
  }

  @Test
  void whatDoesNotFitInMemoryGoesThroughTheDisk() throws IOException {
    site.set("daemon.memory", "1B");
    mailFlows();
    byte[] large = Mail.eicarBehind(3_000_000, "x");
    assertThat(site.call().message(large).run().exit()).isEqualTo(39);
  }

  @Test
  void manyMessagesLeaveNoDescriptorsBehind() throws IOException {
    mailFlows();
    int before = Site.list(Path.of("/proc/" + site.daemonPid() + "/fd")).size();
    for (int i = 0; i < 10; i++) {
      mailFlows();
      site.call().message(new byte[2_000_000]).option("message-octets", 1_500_000).run();
    }
    Eventually.holds(
        "as many as before",
        () -> Site.list(Path.of("/proc/" + site.daemonPid() + "/fd")).size() <= before + 2);
  }

  private Path holdScans() throws IOException {
    Path go = site.directory().resolve("go");
    site.sweep(
        ": >%s; until [ -e %s ]; do sleep 0.05; done"
            .formatted(site.directory().resolve("scans"), go));
    return go;
  }

  private void awaitScan() {
    Eventually.holds("the scanner runs", () -> Files.exists(site.directory().resolve("scans")));
  }
}
