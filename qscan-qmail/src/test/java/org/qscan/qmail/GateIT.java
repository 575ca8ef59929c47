package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.qscan.qmail.Call.Result;
import org.qscan.qmail.Call.Running;

/** The limit on scans at a time, with a process of its own for each message. */
class GateIT {

  private final Site site;
  private final Path events;

  GateIT() throws IOException {
    site = Site.create();
    events = site.directory().resolve("events");
  }

  @AfterEach
  void close() throws IOException {
    site.assertNothingIsLeft();
    site.close();
  }

  @Test
  void ofThirtyMessagesAtOnceThreeAreScannedAtATimeInOrderAndAllAreAnswered() throws Exception {
    Path go = site.directory().resolve("go");
    site.set("gate.slots", 3)
        .set("gate.patience", "10m")
        .set("scan.timeout", "10m") // the first wait for thirty virtual machines to start
        .sweep(
            """
            for last; do :; done
            echo "begin $last" >>%s
            until [ -e %s ]; do sleep 0.1; done
            sleep 1
            echo "end $last" >>%s
            """
                .formatted(events, go, events));

    List<Running> all = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      all.add(site.call().message(Mail.clean("message " + i)).start());
    }
    Eventually.holds("all have drawn a ticket", () -> tickets().size() == 30);
    Map<String, Integer> ranks = new HashMap<>();
    tickets().stream().sorted().forEach(ticket -> ranks.put(idOf(ticket), ranks.size()));
    assertThat(began()).as("scans while the first three hold their slots").hasSize(3);
    Files.createFile(go);

    int most = 0;
    while (all.stream().anyMatch(Running::isAlive)) {
      most = Math.max(most, sweepsAtOnce());
      Eventually.within(10, () -> all.stream().noneMatch(Running::isAlive));
    }
    for (Running one : all) {
      Result result = one.await();
      assertThat(result.exit()).as("%s", result).isZero();
    }
    assertThat(site.queued()).hasSize(30);
    assertThat(most).as("sweeps alive at a time, as seen from outside").isBetween(2, 3);
    assertServedInOrder(ranks);
  }

  /** Whoever begins has fewer than three before him that have not ended. */
  private void assertServedInOrder(Map<String, Integer> ranks) throws IOException {
    List<String> lines = Files.readAllLines(events);
    Set<Integer> waiting = new HashSet<>(ranks.values());
    int alive = 0;
    for (String line : lines) {
      int rank = ranks.getOrDefault(line.replaceFirst(".*/([^/]+)/views", "$1"), -1);
      assertThat(rank).as(line).isNotNegative();
      if (line.startsWith("begin ")) {
        alive++;
        assertThat(waiting.stream().filter(other -> other < rank))
            .as(lines.toString())
            .hasSizeLessThan(3);
      } else {
        alive--;
        waiting.remove(rank);
      }
      assertThat(alive).as("scans at a time: %s", lines).isLessThanOrEqualTo(3);
    }
    assertThat(lines).hasSize(60);
  }

  @Test
  void theSlotOfAKilledHolderIsFreeAtOnceAndItsScannerIsGoneBefore() throws Exception {
    Path first = site.directory().resolve("first");
    site.set("gate.slots", 1)
        .sweep(
            """
            echo "begin $$" >>%1$s
            [ -e %2$s ] || { echo $$ >%2$s; exec sleep 600; }
            read -r pid <%2$s
            if state=$(grep State: /proc/$pid/status 2>/dev/null); then
              case $state in *[ZX]*) ;; *) echo "overlap $state" >>%1$s ;; esac
            fi
            """
                .formatted(events, first));
    Running holder = site.call().start();
    Eventually.holds("the holder scans", () -> Files.exists(first));
    Running next = site.call().start();
    Eventually.holds("the next one waits", () -> tickets().size() == 2);
    Eventually.stays(500, "it waits", () -> began().size() == 1);

    holder.front().destroyForcibly();
    long killed = System.nanoTime();
    Eventually.holds("the next one scans", () -> began().size() == 2);
    long millis = (System.nanoTime() - killed) / 1_000_000;

    assertThat(holder.await().signal()).isEqualTo(9);
    assertThat(next.await().exit()).isZero();
    assertThat(Files.readAllLines(events)).noneMatch(line -> line.startsWith("overlap"));
    System.out.printf(Locale.ROOT, "the slot of a killed holder was taken after %d ms%n", millis);
    assertThat(millis).as("milliseconds; a second, on a machine that is idle").isLessThan(60_000);
    site.clean();
  }

  @Test
  void whoFindsNoSlotWithinHisPatienceIsToldToTryAgain() throws Exception {
    Path go = site.directory().resolve("go");
    site.set("gate.slots", 1)
        .set("gate.patience", "1s")
        .sweep("echo begin >>%s; until [ -e %s ]; do sleep 0.1; done".formatted(events, go));
    Running holder = site.call().start();
    Eventually.holds("the holder scans", () -> began().size() == 1);

    Result result = site.call().run();

    assertThat(result.exit()).isEqualTo(99);
    assertThat(result.logLine()).contains("verdict=failed", "no free slot within gate.patience 1s");
    assertThat(result.millis()).isBetween(1000, 55_000);
    assertThat(site.queued()).isEmpty();
    assertThat(began()).hasSize(1);
    Files.createFile(go);
    assertThat(holder.await().exit()).isZero();
  }

  @Test
  void aSlowSenderTakesNoSlot() throws Exception {
    Path go = site.directory().resolve("go");
    site.set("gate.slots", 1).set("gate.patience", "60s");
    Running slow = site.call().option("hold-message", go).start();
    Eventually.holds(
        "the slow one has a session", () -> !Site.list(site.work().resolve(".live")).isEmpty());

    assertThat(site.call().run().exit()).isZero();

    assertThat(slow.isAlive()).isTrue();
    Files.createFile(go);
    assertThat(slow.await().exit()).isZero();
  }

  private List<String> tickets() {
    return Site.list(site.work().resolve(".gate")).stream()
        .map(one -> one.getFileName().toString())
        .filter(name -> !name.equals("draw.lock"))
        .toList();
  }

  private static String idOf(String ticket) {
    return ticket.substring(ticket.indexOf('.') + 1);
  }

  private List<String> began() {
    try {
      return Files.exists(events)
          ? Files.readAllLines(events).stream().filter(line -> line.startsWith("begin")).toList()
          : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** A look takes time: only who is in two in a row was there at the instant between them. */
  private int sweepsAtOnce() {
    List<String> both = new ArrayList<>(sweeps());
    both.retainAll(sweeps());
    return both.size();
  }

  /** The scripts themselves, and not the timeout(1) around them. */
  private List<String> sweeps() {
    return Processes.of("/sweep").stream()
        .map(Processes::arguments)
        .filter(words -> words.startsWith("/bin/sh " + site.directory() + "/sweep "))
        // A shell that forks is two with the same words, until the child is another program.
        .distinct()
        .toList();
  }
}
