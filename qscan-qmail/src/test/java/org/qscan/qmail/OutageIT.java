package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.testing.RealClamd;

/**
 * A real clamd loses its temporary directory at random moments while mail is sent, and gets it
 * back: without it, it says OK of whatever it is shown by path. Expected: an infected message is
 * refused or put off, never accepted; an alarm; and mail flows again by itself. {@code
 * -Dqscan.outages=1000} and {@code -Dqscan.outages.standalone=100} for more.
 *
 * <p>An outage that begins and ends within a single scan is seen by no canary, and so is none of
 * these: the directory stays away until each message that was under way has its answer.
 */
class OutageIT {

  @TempDir Path scratch;
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger putOff = new AtomicInteger();
  private final List<String> wrong = new CopyOnWriteArrayList<>();
  private final List<String> reasons = new CopyOnWriteArrayList<>();
  private final List<Sender> senders = new ArrayList<>();

  @Test
  void throughTheClientAndItsDaemonNoInfectedMessageIsAccepted() throws Exception {
    try (RealClamd clamd = RealClamd.start(scratch);
        Site site = site(Front.RESIDENT, clamd)) {
      site.daemon();
      site.keepDaemon();
      outages(site, clamd, Integer.getInteger("qscan.outages", 2));
      String log = String.join("\n", Daemon.lines(site.daemonLog()));
      assertThat(log)
          .contains("ALARM: clamd.address ", " finds the EICAR test file again: mail flows");
      site.assertNothingIsLeft();
    }
  }

  @Test
  void withAProcessForEachMessageNoInfectedMessageIsAccepted() throws Exception {
    try (RealClamd clamd = RealClamd.start(scratch);
        Site site = site(Front.STANDALONE, clamd)) {
      outages(site, clamd, Integer.getInteger("qscan.outages.standalone", 1));
      assertThat(reasons).anyMatch(line -> line.contains("did not find the EICAR test file"));
      site.assertNothingIsLeft();
    }
  }

  private static Site site(Front front, RealClamd clamd) throws IOException {
    return Site.create(front)
        .set("scanners", "clamd")
        .set("clamd.address", clamd.socket())
        .set("clamd.transfer", "path")
        .set("extractors", "mime4j")
        .set("cache.entries", "0")
        .set("daemon.patience", "60s");
  }

  /** Sends one message after the other. */
  private final class Sender implements Runnable {
    private final Site site;
    private final boolean infected;
    private final AtomicInteger answers = new AtomicInteger();
    private final Thread thread = new Thread(this);

    Sender(Site site, boolean infected) {
      this.site = site;
      this.infected = infected;
    }

    @Override
    public void run() {
      try {
        while (!over.get() && wrong.isEmpty()) {
          send();
          answers.incrementAndGet();
        }
      } catch (IOException | RuntimeException | Error e) {
        wrong.add(e.toString());
      }
    }

    private void send() throws IOException {
      Call.Result result =
          site.call()
              .environment("TCPREMOTEIP", "") // its line in the daemon's log is not looked for
              .message(infected ? Mail.eicar("infected") : Mail.clean("clean"))
              .run();
      if (result.exit() == 99) {
        putOff.incrementAndGet();
        if (reasons.size() < 100) {
          reasons.addAll(result.log());
        }
      } else if (result.exit() == 39 && infected) {
        refused.incrementAndGet();
      } else if (result.exit() == 0 && !infected) {
        accepted.incrementAndGet();
      } else {
        wrong.add((infected ? "infected" : "clean") + ": " + result);
      }
    }
  }

  private void outages(Site site, RealClamd clamd, int count) throws Exception {
    int most = site.isResident() ? 3 : 2;
    for (int i = 0; i < most; i++) {
      Sender sender = new Sender(site, i > 0);
      senders.add(sender);
      sender.thread.start();
    }
    Random random = new Random(7);
    Path gone = scratch.resolve("gone");
    for (int i = 0; i < count && wrong.isEmpty(); i++) {
      mailFlows();
      Thread.sleep(random.nextInt(40)); // at whatever moment of whichever message
      Files.move(clamd.temporary(), gone, StandardCopyOption.ATOMIC_MOVE);
      int before = putOff.get();
      answersFromEach();
      holds("it is noticed", () -> putOff.get() > before);
      Thread.sleep(random.nextInt(40)); // and back again
      Files.move(gone, clamd.temporary(), StandardCopyOption.ATOMIC_MOVE);
    }
    mailFlows();
    over.set(true);
    for (Sender sender : senders) {
      sender.thread.join();
    }
    assertThat(wrong).isEmpty();
    List<Site.Queued> queued = site.queued();
    assertThat(queued).hasSize(accepted.get());
    assertThat(queued)
        .allMatch(
            one -> !new String(one.octets(), StandardCharsets.ISO_8859_1).contains("eicar.com"));
    if (count > 10) { // by hand
      Files.writeString(
          Path.of("target", "outages-" + site.front() + ".txt"),
          count
              + " outages: "
              + refused
              + " refused, "
              + accepted
              + " accepted, "
              + putOff
              + " put off\n");
    }
  }

  private void mailFlows() {
    int refusedBefore = refused.get();
    int acceptedBefore = accepted.get();
    holds("mail flows", () -> refused.get() > refusedBefore && accepted.get() > acceptedBefore);
  }

  /** Returns when no message is under way that was under way when it was called. */
  private void answersFromEach() {
    for (Sender sender : senders) {
      int before = sender.answers.get();
      holds("it has its answer", () -> sender.answers.get() > before);
    }
  }

  private void holds(String what, java.util.function.BooleanSupplier condition) {
    Eventually.holds(what, () -> !wrong.isEmpty() || condition.getAsBoolean());
  }
}
