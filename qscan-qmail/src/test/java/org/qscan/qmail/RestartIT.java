package org.qscan.qmail;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.qscan.qmail.Call.Result;
import org.qscan.qmail.Call.Running;

/**
 * A restart while mail flows and a slow scan is under way costs no message. What a supervisor does
 * is done by hand: TERM, wait for the end, start.
 */
class RestartIT {

  /** Seconds; {@code -Dqscan.restart.scan=28} is more than most supervisors wait for. */
  private static final int SCAN = Integer.getInteger("qscan.restart.scan", 2);

  private static final int MAILS = Integer.getInteger("qscan.restart.mails", 40);
  private static final long EVERY_MILLIS = 50;

  private final Site site;

  RestartIT() throws IOException {
    site = Site.create(Front.RESIDENT);
    site.set("daemon.patience", "20s").withoutDaemon();
    site.sweep(
        "for last; do :; done\n"
            + "grep -qrs 'Subject: slow' -- \"$last\" && sleep "
            + SCAN
            + "\nexec perl "
            + Site.resource("sweep-stand-in.pl")
            + " \"$@\"");
  }

  @AfterEach
  void close() throws IOException {
    site.assertNothingIsLeft();
    site.close();
  }

  @Test
  void whereASocketIsHeldNothingIsDeferred() throws Exception {
    Path log = site.directory().resolve("holder.log");
    Process holder =
        new ProcessBuilder(
                Site.home().resolve("bin/qscan-socket").toString(),
                "hold",
                site.socket().toString())
            .redirectError(log.toFile())
            .start();
    try {
      restarts(true);
      assertThat(site.socket()).exists();
    } finally {
      holder.destroy();
      assertThat(holder.waitFor()).isNotZero();
    }
  }

  @Test
  void alsoWhereNobodyHoldsIt() throws Exception {
    restarts(false);
  }

  private Daemon start(boolean held) throws IOException {
    Daemon daemon =
        held
            ? Daemon.startWithHolder(site, site.daemonLog(), site.socket())
            : Daemon.start(site, site.daemonLog());
    assertThat(daemon.isReady()).as("%s", Daemon.lines(site.daemonLog())).isTrue();
    return daemon;
  }

  private void restarts(boolean held) throws Exception {
    List<Running> all = new ArrayList<>();
    Daemon daemon = start(held);
    all.add(site.call().message(Mail.clean("slow")).start());
    Eventually.holds("the slow one is scanned", () -> isScanned());
    Thread load = new Thread(() -> send(all));
    load.start();
    Eventually.holds("mail flows", () -> size(all) > 3);
    daemon.signal("HUP");
    Eventually.holds("it is read", () -> says(site.daemonLog(), "read its configuration again"));
    daemon.signal("TERM");
    assertThat(daemon.awaitLong()).isZero();
    try (Daemon next = start(held)) {
      load.join();
      for (Running one : all) {
        Result result = one.await();
        assertThat(result.exit()).as("%s; %s", result, next.lines()).isZero();
      }
      assertThat(site.queued()).hasSize(MAILS + 1);
      assertThat(next.lines())
          .anyMatch(line -> line.contains("qscand was told to stop: it takes no more messages"));
    }
  }

  private boolean isScanned() {
    return site.processes().stream().anyMatch(one -> Processes.arguments(one).startsWith("sleep "));
  }

  private static int size(List<Running> all) {
    synchronized (all) {
      return all.size();
    }
  }

  private void send(List<Running> all) {
    try {
      for (int i = 0; i < MAILS; i++) {
        Running one = site.call().start();
        synchronized (all) {
          all.add(one);
        }
        Thread.sleep(EVERY_MILLIS);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aSecondHolderWaitsForTheEndOfTheFirst() throws Exception {
    Path log = site.directory().resolve("holder.log");
    List<String> hold =
        List.of(
            Site.home().resolve("bin/qscan-socket").toString(), "hold", site.socket().toString());
    Process first = new ProcessBuilder(hold).redirectError(log.toFile()).start();
    Eventually.holds("it holds", () -> says(log, "holding " + site.socket()));
    Path secondLog = site.directory().resolve("second.log");
    Process second = new ProcessBuilder(hold).redirectError(secondLog.toFile()).start();
    try {
      Eventually.holds("it waits", () -> says(secondLog, "waiting until it ends"));
      first.destroy();
      assertThat(first.waitFor()).isNotZero();
      Eventually.holds("it holds", () -> says(secondLog, "holding " + site.socket()));
    } finally {
      first.destroy();
      second.destroy();
      assertThat(second.waitFor()).isNotZero();
    }
  }

  @Test
  void whoMayNotHaveTheSocketIsToldSoAtOnce() throws Exception {
    Need.root("be another user");
    site.openToAll();
    String program = site.program("qscan-socket").toString();
    Path log = site.directory().resolve("holder.log");
    Process holder =
        new ProcessBuilder(program, "hold", site.socket().toString())
            .redirectError(log.toFile())
            .start();
    try {
      Eventually.holds("it holds", () -> says(log, "holding " + site.socket()));
      Process taker =
          new ProcessBuilder(
                  "setpriv",
                  "--reuid=54321",
                  "--clear-groups",
                  program,
                  "take",
                  site.socket().toString(),
                  "/bin/true")
              .start();
      String said = new String(taker.getErrorStream().readAllBytes(), UTF_8);
      assertThat(taker.waitFor()).isEqualTo(111);
      assertThat(said)
          .contains("cannot connect to " + site.socket() + ".hold: Permission denied")
          .contains("belongs to user 0", "this is user 54321");
    } finally {
      holder.destroy();
      holder.waitFor();
    }
  }

  private static boolean says(Path log, String text) {
    try {
      return Files.readString(log).contains(text);
    } catch (IOException e) {
      return false;
    }
  }
}
