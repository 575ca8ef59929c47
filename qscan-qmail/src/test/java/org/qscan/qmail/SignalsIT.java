package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.qmail.Call.Result;
import org.qscan.qmail.Call.Running;

/**
 * Death by a signal is "queued" to one mail server: there is an exit code wherever there can be.
 */
@ParameterizedClass
@EnumSource(Front.class)
class SignalsIT {

  private static final int TERM_RUNS = Integer.getInteger("qscan.term.runs", 30);

  private final Front front;
  private final Site site;

  SignalsIT(Front front) throws IOException {
    this.front = front;
    site = Site.create(front);
  }

  @AfterEach
  void close() throws IOException {
    site.assertNothingIsLeft();
    site.close();
  }

  @Test
  void sigtermAtAnyInstantGivesAnExitCodeAndLeavesNothing() throws Exception {
    Map<String, Integer> answers = new TreeMap<>();
    InParallel.each(
        front,
        2,
        (own, worker) -> {
          Random random = new Random(worker);
          for (int run = worker; run < TERM_RUNS; run += 2) {
            boolean eicar = run % 4 > 1;
            byte[] message = eicar ? Mail.eicar("run " + run) : Mail.clean("run " + run);
            int before = own.queued().size();
            Running running = own.call().message(message).start();
            awaitTraps(running);
            Thread.sleep(random.nextInt(700));
            running.signal("TERM");
            Result result = running.await();

            synchronized (answers) {
              answers.merge("exit " + result.exit(), 1, Integer::sum);
            }
            assertThat(result.exit()).as("%s", result).isIn(eicar ? 39 : 0, 99);
            if (eicar) {
              assertThat(own.queued()).hasSize(before);
            } else if (result.exit() == 0) {
              assertThat(own.queued()).hasSize(before + 1);
            }
            own.assertNothingIsLeft();
          }
        });
    System.out.printf(Locale.ROOT, "SIGTERM at random instants, %d runs: %s%n", TERM_RUNS, answers);
  }

  @Test
  void sigtermWhileTheMessageArrivesIsAnsweredAtOnce() throws Exception {
    Path go = site.directory().resolve("go");
    Running running = site.call().option("hold-message", go).start();
    awaitSession(running);
    running.signal("TERM");
    Eventually.holds(
        "it has ended", () -> ProcessHandle.of(running.pid()).map(p -> isGone(p)).orElse(true));
    Files.createFile(go);

    Result result = running.await();
    assertThat(result.exit()).as("%s", result).isEqualTo(99);
    assertThat(result.logLine()).contains("terminated by a signal");
    assertThat(site.queued()).isEmpty();
  }

  @Test
  void sigtermDuringTheScanKillsTheScanner() throws Exception {
    site.sweep("trap '' TERM; : >%s; exec sleep 600".formatted(site.directory().resolve("scans")));
    Running running = site.call().start();
    Eventually.holds("the scanner runs", () -> Files.exists(site.directory().resolve("scans")));
    running.signal("TERM");

    Result result = running.await();
    assertThat(result.exit()).as("%s", result).isEqualTo(99);
    assertThat(result.logLine()).contains("terminated by a signal");
    assertThat(site.queued()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALRM", "HUP", "INT", "USR1", "USR2", "PIPE", "QUIT", "VTALRM", "PROF", "XCPU", "CONT",
        "CHLD"
      })
  void otherSignalsChangeNothing(String signal) throws Exception {
    Path go = site.directory().resolve("go");
    Running running = site.call().option("hold-message", go).start();
    awaitTraps(running);
    running.signal(signal);
    awaitSession(running);
    for (int i = 0; i < 5; i++) {
      running.signal(signal);
    }
    Files.createFile(go);
    running.signal(signal);

    Result result = running.await();
    assertThat(result.exit()).as("%s", result).isZero();
    assertThat(result.logLine()).contains("verdict=clean");
    assertThat(site.queued()).hasSize(1);
  }

  /** As from a terminal, or from a service manager that means all of them. */
  @ParameterizedTest
  @ValueSource(strings = {"ALRM", "HUP", "INT", "USR1"})
  void norDoTheyWhereTheWholeProcessGroupGetsThem(String signal) throws Exception {
    Path go = site.directory().resolve("go");
    Running running = site.call().option("hold-message", go).option("group", "own").start();
    awaitSession(running);
    running.signalGroup(signal);
    Files.createFile(go);

    Result result = running.await();
    // The stand-in for qmail-queue dies of ALRM and USR1, as the real one may.
    if (signal.equals("HUP") || signal.equals("INT")) {
      assertThat(result.exit()).as("%s", result).isZero();
      assertThat(site.queued()).hasSize(1);
    } else {
      assertThat(result.exit()).as("%s", result).isIn(0, 99);
      for (Path file : Site.list(site.queueDirectory())) {
        if (file.getFileName().toString().startsWith(".")) {
          Files.delete(file); // what it has left when it died
        }
      }
    }
  }

  /**
   * qmail-local blocks SIGCHLD in its children, mailfront SIGPIPE; others ignore what they like.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "block=CHLD",
        "block=PIPE",
        "block=TERM,INT,HUP,CHLD,PIPE,ALRM,USR1",
        "ignore=CHLD",
        "ignore=TERM,CHLD",
        "ignore=PIPE,HUP,INT,QUIT"
      })
  void signalsThatTheCallerBlocksOrIgnoresDoNotHoldUpTheAnswer(String option) throws Exception {
    int equals = option.indexOf('=');
    Result clean =
        site.call().option(option.substring(0, equals), option.substring(equals + 1)).run();
    Result infected =
        site.call()
            .message(Mail.eicar("x"))
            .option(option.substring(0, equals), option.substring(equals + 1))
            .run();

    assertThat(clean.exit()).as("%s", clean).isZero();
    assertThat(infected.exit()).as("%s", infected).isEqualTo(39);
  }

  /** Until a program has said what it does with signals, it dies of them. */
  private static void awaitTraps(Running running) {
    Eventually.holds(
        "SIGTERM is caught", () -> !running.isAlive() || Processes.catches(running.pid(), 15));
  }

  /** The resident front end has none before the message is whole. */
  private void awaitSession(Running running) {
    if (site.isResident()) {
      awaitTraps(running);
      Eventually.holds("the queue program runs", () -> !site.processes().isEmpty());
      return;
    }
    Eventually.holds(
        "there is a session", () -> !Site.list(site.work().resolve(".live")).isEmpty());
  }

  private static boolean isGone(ProcessHandle process) {
    return Processes.arguments(process).isEmpty(); // a zombie has none
  }
}
