package org.qscan.qmail;

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

/** Messages of several clients in one run of the scanner. */
class GroupIT {

  private final Site site;

  GroupIT() throws IOException {
    site = Site.create(Front.RESIDENT);
    site.set("gate.slots", 1).set("extractors", "mime4j");
    site.sweep(
        """
        for root; do :; done
        if [ -d "$root/raw" ]; then echo 1; else ls "$root" | wc -l; fi >>%1$s/runs
        until [ -e %1$s/go ]; do sleep 0.05; done
        [ -e %1$s/crash ] && rm %1$s/crash && kill -SEGV $$
        exec perl %2$s "$@"\
        """
            .formatted(site.directory(), Site.resource("sweep-stand-in.pl")));
  }

  @AfterEach
  void close() throws IOException {
    site.assertNothingIsLeft();
    site.close();
  }

  private List<Integer> runs() {
    Path runs = site.directory().resolve("runs");
    try {
      return Files.exists(runs)
          ? Files.readAllLines(runs).stream().map(line -> Integer.valueOf(line.strip())).toList()
          : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** One that is scanned, and these behind it, all of them extracted and waiting. */
  private List<Running> start(byte[]... messages) throws IOException {
    List<Running> all = new ArrayList<>(List.of(site.call().start()));
    Eventually.holds("the first is scanned", () -> runs().size() == 1);
    for (byte[] message : messages) {
      all.add(site.call().message(message).start());
    }
    // Each session has a directory and a lock, and so has whoever waits at the gate for all.
    int sessions = messages.length + 2;
    Eventually.holds(
        "all wait",
        () ->
            Site.list(site.work()).stream()
                    .filter(one -> Files.exists(one.resolve("views/mime4j")))
                    .count()
                == sessions - 1);
    return all;
  }

  private void go() throws IOException {
    Files.createFile(site.directory().resolve("go"));
  }

  @Test
  void oneRunScansAllThatWaitAndAnInfectedOneIsRefusedAlone() throws IOException {
    List<Running> all =
        start(
            Mail.clean("1"),
            Mail.clean("2"),
            Mail.eicar("3"),
            Mail.clean("4"),
            Mail.clean("5"),
            Mail.clean("6"));
    go();
    for (int i = 0; i < all.size(); i++) {
      Result result = all.get(i).await();
      assertThat(result.exit()).as("%s: %s", i, result).isEqualTo(i == 3 ? 39 : 0);
      if (i != 0 && i != 3) {
        assertThat(result.logLine()).containsPattern(" batch=[2-6] ");
      }
    }
    assertThat(site.queued()).hasSize(6);
    assertThat(runs()).hasSizeLessThan(7).anyMatch(messages -> messages > 3);
  }

  @Test
  void aRunThatCrashesCostsNobodyHisMessage() throws IOException {
    List<Running> all = start(Mail.clean("1"), Mail.clean("2"), Mail.eicar("3"), Mail.clean("4"));
    Files.createFile(site.directory().resolve("crash")); // the first run that goes on
    go();
    List<Integer> exits = new ArrayList<>();
    for (Running one : all) {
      exits.add(one.await().exit());
    }
    assertThat(exits.subList(1, 5)).containsExactly(0, 0, 39, 0);
    assertThat(site.queued()).hasSize(exits.get(0) == 0 ? 4 : 3);
  }

  @Test
  void aClientThatDiesTakesNobodyWithHim() throws IOException {
    List<Running> all = start(Mail.clean("1"), Mail.clean("2"), Mail.clean("3"));
    all.get(2).signal("KILL");
    go();
    assertThat(all.get(0).await().exit()).isZero();
    assertThat(all.get(1).await().exit()).isZero();
    assertThat(all.get(3).await().exit()).isZero();
    all.get(2).await();
    assertThat(site.queued()).hasSize(3);
  }

  @Test
  void killedWithManyInOneRunTheDaemonQueuesNoneAndTheNextOneTidiesUp() throws IOException {
    List<Running> all = start(Mail.clean("1"), Mail.clean("2"));
    site.daemon().signal("KILL");
    for (Running one : all) {
      assertThat(one.await().exit()).isEqualTo(99);
    }
    assertThat(site.queued()).isEmpty();
    go();
    assertThat(site.call().run().exit()).as("by a new daemon").isZero();
  }
}
