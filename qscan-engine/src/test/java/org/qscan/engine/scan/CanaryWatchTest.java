package org.qscan.engine.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.qscan.engine.testing.ManualTicker;
import org.qscan.engine.testing.Until;

/** When a canary is shown, and what is believed. */
class CanaryWatchTest {

  private static final Duration HUNG = Duration.ofSeconds(5);

  private final ManualTicker time = new ManualTicker();
  private final Alarms alarms = new Alarms();
  private final List<String> told = new ArrayList<>();
  private final AtomicInteger shown = new AtomicInteger();
  private volatile @Nullable String says; // null: it is found

  private CanaryWatch watch(boolean confirm) {
    alarms.listen((begins, sentence) -> told.add((begins ? "ALARM " : "over ") + sentence));
    return new CanaryWatch(
        "clamd.address unix:/x (by data)",
        "check this",
        new CanaryRules(true, confirm, Duration.ofSeconds(60), false, false, alarms, time),
        CanaryWatch.Hung.after(HUNG));
  }

  private @Nullable String show() {
    shown.incrementAndGet();
    return says;
  }

  /** One message, of which the scanner says that it is clean. */
  private void message(CanaryWatch watch) throws IOException {
    long since = watch.before(this::show, call());
    try {
      watch.after(since, this::show, call());
    } finally {
      watch.leave();
    }
  }

  private ScanCall call() {
    return new ScanCall(Deadline.in(time, Duration.ofSeconds(60)));
  }

  @Test
  void noMessageIsShownBeforeACanaryWasFound() throws Exception {
    CanaryWatch watch = watch(false);
    watch.before(this::show, call());
    assertThat(shown).hasValue(1);
  }

  @Test
  void afterAnIntervalThereIsAnother() throws Exception {
    CanaryWatch watch = watch(false);
    message(watch);
    time.advance(Duration.ofSeconds(59));
    message(watch);
    assertThat(shown).hasValue(1);
    time.advance(Duration.ofSeconds(2));
    watch.before(this::show, call());
    assertThat(shown).hasValue(2);
  }

  @Test
  void eachAnswerIsConfirmedByACanaryBegunAfterIt() throws Exception {
    CanaryWatch watch = watch(true);
    message(watch);
    assertThat(shown).hasValue(2);
    message(watch);
    assertThat(shown).as("the one before was just now").hasValue(3);
  }

  @Test
  void aMessageNowAndThenHasOneInFrontAsWell() throws Exception {
    CanaryWatch watch = watch(true);
    message(watch);
    time.advance(CanaryRules.FRESH.plusMillis(1));
    message(watch);
    assertThat(shown).hasValue(4);
  }

  @Test
  void aScannerThatLosesItIsNotBelievedNorAskedUntilItFindsItAgain() throws Exception {
    CanaryWatch watch = watch(true);
    long since = watch.before(this::show, call());
    says = "stream: OK";
    assertThatThrownBy(() -> watch.after(since, this::show, call()))
        .isInstanceOf(CanaryLost.class)
        .hasMessageContaining("clamd.address unix:/x")
        .hasMessageContaining(Canary.NAME)
        .hasMessageContaining("stream: OK")
        .hasMessageContaining("check this");
    watch.leave();
    assertThatThrownBy(() -> watch.before(this::show, call())).isInstanceOf(CanaryLost.class);
    assertThat(shown).hasValue(3);
    says = null;
    message(watch);
    assertThatThrownBy(() -> watch.after(since, this::show, call()))
        .as("an answer from before")
        .isInstanceOf(CanaryLost.class);
  }

  @Test
  void theOperatorIsToldWhenItBeginsAndWhenItIsOver() throws Exception {
    CanaryWatch watch = watch(true);
    says = "stream: OK";
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> watch.before(this::show, call())).isInstanceOf(CanaryLost.class);
    }
    assertThat(alarms.current()).hasSize(1);
    says = null;
    watch.before(this::show, call());
    assertThat(alarms.current()).isEmpty();
    assertThat(told).hasSize(2);
    assertThat(told.get(0)).startsWith("ALARM clamd.address unix:/x (by data) did not find");
    assertThat(told.get(1)).startsWith("over clamd.address unix:/x (by data) finds");
  }

  @Test
  void whereTheScannerCannotBeAskedNothingIsLostAndNothingProved() throws Exception {
    CanaryWatch watch = watch(true);
    long since = watch.before(this::show, call());
    assertThatThrownBy(() ->
            watch.after(
                since,
                () -> {
                  throw new IOException("closed");
                },
                call()))
        .hasMessage("closed");
    assertThat(told).isEmpty();
    watch.after(since, this::show, call()); // another one's
    assertThat(shown).hasValue(2);
  }

  @Test
  void afterABrokenConnectionThereIsACanaryBeforeTheNextMessage() throws Exception {
    CanaryWatch watch = watch(false);
    watch.before(this::show, call());
    watch.leave();
    watch.doubt();
    watch.before(this::show, call());
    assertThat(shown).hasValue(2);
  }

  /** A program was replaced while it was shown one: that says nothing of the new one. */
  @Test
  void aCanaryThatWasUnderWayWhenTheScannerChangedProvesNothing() throws Exception {
    CanaryWatch watch = watch(false);
    watch.before(
        () -> {
          watch.doubt();
          return show();
        },
        call());
    watch.leave();
    assertThat(watch.isProven()).isFalse();
    watch.before(this::show, call());
    assertThat(shown).hasValue(2);
    assertThat(watch.isProven()).isTrue();
  }

  @Test
  void allWhoWaitShareOneAndOneThatWasUnderWayIsNotEnough() throws Exception {
    CanaryWatch watch = watch(true);
    watch.before(this::show, call());
    CountDownLatch release = new CountDownLatch(1);
    CompletableFuture<Void> leader =
        CompletableFuture.runAsync(
            () ->
                confirm(
                    watch,
                    () -> {
                      release.await();
                      return show();
                    }),
            CanaryWatchTest::start);
    Until.holds("the first is under way", () -> watch.isUnderWay());
    List<CompletableFuture<Void>> others = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      others.add(
          CompletableFuture.runAsync(() -> confirm(watch, this::show), CanaryWatchTest::start));
    }
    Until.holds("the others wait", () -> watch.waiting() == 3);
    release.countDown();
    leader.get(60, TimeUnit.SECONDS);
    for (CompletableFuture<Void> other : others) {
      other.get(60, TimeUnit.SECONDS);
    }
    assertThat(shown).as("before, the first one's, one for three").hasValue(3);
  }

  /** A thread each: a pool may have one for all. */
  private static void start(Runnable work) {
    Thread thread = new Thread(work);
    thread.setDaemon(true);
    thread.start();
  }

  /** As {@link CanaryWatch.Trial}, but may wait. */
  private interface Slow {
    @Nullable String show() throws Exception;
  }

  private void confirm(CanaryWatch watch, Slow trial) {
    try {
      watch.after(
          0,
          () -> {
            try {
              return trial.show();
            } catch (Exception e) {
              throw new IOException(e);
            }
          },
          call());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whileOthersAreStillAtTheirScanTheNextOneWaitsAMoment() throws Exception {
    CanaryWatch watch = watch(true);
    long since = watch.before(this::show, call());
    watch.before(this::show, call()); // another one, at its scan
    CompletableFuture<Void> first =
        CompletableFuture.runAsync(() -> confirm(watch, this::show), CanaryWatchTest::start);
    Until.holds("it waits", () -> watch.waiting() == 1);
    assertThat(shown).hasValue(1);
    watch.after(since, this::show, call()); // the other one: now nobody else would come
    first.get(60, TimeUnit.SECONDS);
    assertThat(shown).hasValue(2);
  }

  @Test
  void whoWaitsForAnotherGivesUpWhenItsMessageIsWithdrawn() throws Exception {
    CanaryWatch watch = watch(true);
    watch.before(this::show, call());
    CountDownLatch release = new CountDownLatch(1);
    CompletableFuture<Void> leader =
        CompletableFuture.runAsync(
            () ->
                confirm(
                    watch,
                    () -> {
                      release.await();
                      return show();
                    }),
            CanaryWatchTest::start);
    Until.holds("the first is under way", () -> watch.isUnderWay());
    ScanCall withdrawn = call();
    withdrawn.cancel();
    assertThatThrownBy(() -> watch.after(0, this::show, withdrawn))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(CanaryLost.class);
    release.countDown();
    leader.get(60, TimeUnit.SECONDS);
  }

  /** A canary that has no answer until it is told one. */
  private final class Hanging {
    private final CompletableFuture<String> answer = new CompletableFuture<>();
    private final CompletableFuture<Void> runner;

    /** Shown by a message that has its answer; returns when it is under way. */
    Hanging(CanaryWatch watch, long since) throws Exception {
      int before = shown.get();
      runner =
          CompletableFuture.runAsync(
              () -> {
                try {
                  watch.after(since, this::show, call());
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              },
              CanaryWatchTest::start);
      Until.holds("it is under way", () -> shown.get() > before);
    }

    private @Nullable String show() {
      shown.incrementAndGet();
      String said = answer.join();
      return said.isEmpty() ? null : said;
    }

    /** Empty: it is found. */
    void answers(String said) throws Exception {
      answer.complete(said);
      runner.handle((nothing, failure) -> "").get(60, TimeUnit.SECONDS);
    }

    boolean isBelieved() {
      return runner.isDone() && !runner.isCompletedExceptionally();
    }
  }

  @Test
  void oneThatHangsHoldsUpItsOwnMessageOnly() throws Exception {
    CanaryWatch watch = watch(true);
    long since = watch.before(this::show, call());
    Hanging hanging = new Hanging(watch, since);
    CompletableFuture<Void> other =
        CompletableFuture.runAsync(() -> confirm(watch, this::show), CanaryWatchTest::start);
    Until.holds("the other one waits", () -> watch.waiting() == 1);
    time.advance(HUNG.minusMillis(1));
    Until.stays("it may still be answered", () -> !other.isDone());
    time.advance(Duration.ofMillis(1));
    other.get(60, TimeUnit.SECONDS);
    assertThat(shown).hasValue(3);
    watch.leave(); // else the next canary waits a moment for it, and no time passes here
    message(watch);
    assertThat(shown).as("the newest was answered, and nobody waits").hasValue(4);
    hanging.answers("");
    assertThat(hanging.isBelieved()).isTrue();
    assertThat(watch.isProven()).isTrue();
  }

  /** What it says of an answer that came after its beginning is nothing. */
  @Test
  void oneThatWasOvertakenProvesNothingOfWhatCameAfterIt() throws Exception {
    CanaryWatch watch = watch(true);
    long since = watch.before(this::show, call());
    Hanging first = new Hanging(watch, since);
    time.advance(HUNG);
    Hanging second = new Hanging(watch, since); // of an answer since then
    first.answers("");
    assertThat(first.isBelieved()).isTrue();
    assertThat(second.isBelieved()).isFalse();
    assertThat(watch.isUnderWay()).as("the second").isTrue();
    second.answers("stream: OK");
    assertThat(second.isBelieved()).isFalse();
    assertThat(told).hasSize(1);
  }

  @Test
  void oneThatIsFoundLateDoesNotEndAnAlarmOfALaterOne() throws Exception {
    CanaryWatch watch = watch(true);
    long since = watch.before(this::show, call());
    Hanging first = new Hanging(watch, since);
    time.advance(HUNG);
    Hanging second = new Hanging(watch, since);
    second.answers("stream: OK");
    first.answers("");
    assertThat(first.isBelieved()).as("all that waited are taken back").isFalse();
    assertThat(watch.isProven()).isFalse();
    assertThat(alarms.current()).hasSize(1);
    watch.leave();
    message(watch);
    assertThat(alarms.current()).isEmpty();
  }

  @Test
  void oneThatIsLostLateSpoilsThoseThatAreUnderWay() throws Exception {
    CanaryWatch watch = watch(true);
    long since = watch.before(this::show, call());
    Hanging first = new Hanging(watch, since);
    time.advance(HUNG);
    Hanging second = new Hanging(watch, since);
    first.answers("stream: OK");
    second.answers("");
    assertThat(second.isBelieved()).isFalse();
    assertThat(watch.isProven()).isFalse();
    assertThat(alarms.current()).hasSize(1);
  }

  /** The scanner is out of order now and then; whoever is told "clean" is told so rightly. */
  @Test
  void noAnswerFromATimeOutOfOrderIsEverBelieved() throws Exception {
    CanaryWatch watch = watch(true);
    AtomicInteger outages = new AtomicInteger(); // odd: out of order
    AtomicInteger wrong = new AtomicInteger();
    AtomicInteger believed = new AtomicInteger();
    CyclicBarrier start = new CyclicBarrier(5);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      Thread thread =
          new Thread(() -> {
            try {
              start.await();
              for (int i = 0; i < 2000; i++) {
                scanOnce(watch, outages, believed, wrong);
              }
            } catch (Exception e) {
              wrong.incrementAndGet();
            }
          });
      thread.start();
      threads.add(thread);
    }
    start.await();
    while (threads.stream().anyMatch(Thread::isAlive)) {
      outages.incrementAndGet(); // goes wrong, for longer than an answer takes
      int seen = shown.get();
      Until.holds(
          "a canary was shown meanwhile",
          () -> shown.get() > seen + 1 || threads.stream().noneMatch(Thread::isAlive));
      outages.incrementAndGet();
      Thread.sleep(1);
    }
    assertThat(wrong).hasValue(0);
    assertThat(believed.get()).isPositive();
  }

  private void scanOnce(
      CanaryWatch watch, AtomicInteger outages, AtomicInteger believed, AtomicInteger wrong) {
    CanaryWatch.Trial trial =
        () -> {
          String said = outages.get() % 2 == 1 ? "stream: OK" : null;
          shown.incrementAndGet();
          return said;
        };
    try {
      long since = watch.before(trial, call());
      try {
        boolean saysOk = outages.get() % 2 == 1; // of something infected
        watch.after(since, trial, call());
        believed.incrementAndGet();
        wrong.addAndGet(saysOk ? 1 : 0);
      } finally {
        watch.leave();
      }
    } catch (IOException e) {
      // Not believed.
    }
  }
}
