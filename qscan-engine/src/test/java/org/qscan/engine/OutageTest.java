package org.qscan.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.testing.Engines;
import org.qscan.engine.testing.FakeSweep;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.testing.Outcomes;
import org.qscan.engine.testing.RealClamd;
import org.qscan.engine.testing.Until;

/**
 * A real clamd loses its temporary directory and gets it back, at random moments under load: it
 * then says OK of everything that it is shown by path. (An outage that begins and ends within a
 * single scan is seen by no canary, and so is none of these.) {@code -Dqscan.outages=1000} for a
 * thousand.
 */
class OutageTest {

  private static final int OUTAGES = Integer.getInteger("qscan.outages", 4);
  private static final int SENDERS = 4;

  @TempDir Path scratch;
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicInteger found = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicInteger clean = new AtomicInteger();
  private volatile int outages;
  private final List<String> wrong = new CopyOnWriteArrayList<>();
  private final List<String> alarms = new CopyOnWriteArrayList<>();

  @Test
  void noInfectedMessageIsCleanWhateverHappensToClamdsTemporaryDirectory() throws Exception {
    Path work = Files.createDirectory(scratch.resolve("work"));
    try (RealClamd clamd = RealClamd.start(scratch)) {
      ScanEngine engine =
          ScanEngine.of(
              Engines.config(
                  work,
                  FakeSweep.missing(scratch),
                  "scanners=clamd",
                  "clamd.address=" + clamd.socket(),
                  "clamd.transfer=path",
                  "extractors=mime4j",
                  "cache.entries=0"));
      engine.onAlarm((begins, sentence) -> alarms.add((begins ? "ALARM " : "over ") + sentence));
      List<Thread> senders = new ArrayList<>();
      for (int i = 0; i < SENDERS; i++) {
        boolean infected = i > 0;
        Thread sender = new Thread(() -> send(engine, infected));
        sender.start();
        senders.add(sender);
      }
      Random random = new Random(12);
      Path gone = scratch.resolve("gone");
      for (int i = 0; i < OUTAGES && wrong.isEmpty(); i++) {
        outages = i + 1;
        int foundBefore = found.get();
        int cleanBefore = clean.get();
        Until.holds(
            "mail flows",
            () ->
                !wrong.isEmpty()
                    || (found.get() > foundBefore
                        && clean.get() > cleanBefore
                        && engine.alarms().isEmpty()));
        Thread.sleep(random.nextInt(20));
        Files.move(clamd.temporary(), gone, StandardCopyOption.ATOMIC_MOVE);
        Until.holds("it is noticed", () -> !wrong.isEmpty() || !engine.alarms().isEmpty());
        Thread.sleep(random.nextInt(50)); // back in the middle of whatever
        Files.move(gone, clamd.temporary(), StandardCopyOption.ATOMIC_MOVE);
      }
      over.set(true);
      for (Thread sender : senders) {
        sender.join();
      }
      assertThat(wrong).isEmpty();
      Until.holds(
          "clamd is believed again", () -> engine.tryCanaries(Duration.ofSeconds(30)).isEmpty());
      assertThat(engine.alarms()).isEmpty();
      assertThat(alarms).anyMatch(alarm -> alarm.startsWith("ALARM clamd.address "));
      assertThat(alarms.get(alarms.size() - 1)).startsWith("over ");
      if (OUTAGES > 100) { // by hand
        Files.writeString(
            Path.of("target", "outages.txt"),
            OUTAGES
                + " outages: "
                + found
                + " found, "
                + clean
                + " clean, "
                + failed
                + " failed\n");
      }
    }
  }

  private void send(ScanEngine engine, boolean infected) {
    byte[] message =
        Mails.octets(
            infected
                ? Mails.multipart(Mails.attachment("filename=\"e.com\"", Mails.eicar()))
                : Mails.plain("hello"));
    while (!over.get()) {
      try (ScanSession session = engine.open()) {
        session.receive(message, message.length);
        Verdict verdict = Outcomes.report(session.scan()).verdict();
        if (infected != (verdict instanceof Verdict.Infected)) {
          wrong.add(outages + ": " + verdict);
        }
        (infected ? found : clean).incrementAndGet();
      } catch (ScanFailure e) {
        failed.incrementAndGet();
      }
    }
  }
}
