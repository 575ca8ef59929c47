package org.qscan.engine.batch;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.batch.BatchMember.MemberState;
import org.qscan.engine.batch.BatchState.Joined;
import org.qscan.engine.batch.BatchState.Waited;
import org.qscan.engine.gate.SessionLease;
import org.qscan.engine.gate.WorkDirectory;
import org.qscan.engine.scan.Finding;
import org.qscan.engine.scan.ScanInput;
import org.qscan.engine.testing.ManualTicker;

/** What each step of {@link BatchState} says and changes; their orders are in BatchStateTest. */
class BatchStepsTest {

  private static final Finding CLEAN = new Finding(List.of(), List.of(), List.of(), List.of());
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();
  private static final int MOST = 4;
  private static final long MOST_BYTES = 100;

  private final ManualTicker time = new ManualTicker();
  private final BatchState state = new BatchState(time, MOST, MOST_BYTES);
  @TempDir Path work;
  private @Nullable WorkDirectory directory;

  @BeforeEach
  void somebodyIsUnderWay() throws Exception {
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwx------"));
    directory = WorkDirectory.open(work, false);
    state.beginAlone();
  }

  private BatchMember member(String sender) {
    return new BatchMember(state, Path.of("/own/" + sender), Path.of("raw"), sender);
  }

  private BatchMember waiting(String sender, long bytes) {
    BatchMember member = member(sender);
    assertThat(state.join(member, bytes, false)).isEqualTo(Joined.WAITS);
    return member;
  }

  private BatchState.Lead lead() {
    return requireNonNull(state.appoint());
  }

  private SessionLease lease() throws Exception {
    return requireNonNull(directory).reserve();
  }

  private BatchMembers taken() {
    BatchMembers batch = new BatchMembers(state, () -> {});
    state.take(lead(), batch);
    return batch;
  }

  private Waited await(BatchMember member) throws InterruptedException {
    return state.await(member, MINUTE, time.nanos() + 2 * MINUTE);
  }

  @Test
  void aMessageThatMustNotShareARunGoesAloneWhoeverIsUnderWay() {
    assertThat(state.join(member("a"), 1, true)).isEqualTo(Joined.ALONE);
    assertThat(state.waiting()).isZero();
  }

  @Test
  void aMessageThatGoesAloneIsCountedUntilItsEnd() {
    state.endAlone(1);
    assertThat(state.isIdle()).isTrue();
    assertThat(state.join(member("a"), 1, false)).isEqualTo(Joined.ALONE);
    assertThat(state.isIdle()).isFalse();
    state.endAlone(1);
    assertThat(state.isIdle()).isTrue();
  }

  @Test
  void nobodyIsIdleWhileOneWaits() {
    BatchMember a = waiting("a", 1);
    state.endAlone(1);
    assertThat(state.isIdle()).isFalse();
    state.withdraw(a);
    assertThat(state.isIdle()).isTrue();
  }

  @Test
  void oneLeadsAtATimeAndOnlyWhereSomebodyWaits() {
    assertThat(state.appoint()).isNull();
    waiting("a", 1);
    assertThat(lead().number()).isEqualTo(1);
    assertThat(state.appoint()).isNull();
  }

  @Test
  void whoeverWithdrawsLastCallsOffTheLeadAndGetsItsLease() throws Exception {
    BatchMember a = waiting("a", 1);
    BatchMember b = waiting("b", 1);
    BatchState.Lead lead = lead();
    SessionLease lease = lease();
    assertThat(state.announce(lead, lease)).isTrue();
    assertThat(state.withdraw(a)).as("b waits").isNull();
    assertThat(state.isCalledOff(lead)).isFalse();
    assertThat(state.withdraw(b)).isSameAs(lease);
    assertThat(state.isCalledOff(lead)).isTrue();
    assertThat(state.withdraw(b)).as("once").isNull();
  }

  @Test
  void aLeadThatIsCalledOffBeforeItHasALeaseIsToldSo() throws Exception {
    BatchMember a = waiting("a", 1);
    BatchState.Lead lead = lead();
    assertThat(state.withdraw(a)).isNull();
    assertThat(state.announce(lead, lease())).isFalse();
  }

  @Test
  void theLeaseOfTheLeadIsToldOfOneThatHasLedForAWhile() throws Exception {
    assertThat(state.leaseOfLead(time.nanos())).isNull();
    waiting("a", 1);
    long before = time.nanos();
    time.advance(Duration.ofSeconds(1));
    BatchState.Lead lead = lead();
    assertThat(state.leaseOfLead(time.nanos())).as("it has none").isNull();
    SessionLease lease = lease();
    state.announce(lead, lease);
    assertThat(state.leaseOfLead(time.nanos())).isSameAs(lease);
    assertThat(state.leaseOfLead(before)).as("it leads only since then").isNull();
  }

  @Test
  void aLeadThatHasEndedTakesDisbandsAndResignsNothing() {
    BatchMember a = waiting("a", 1);
    BatchState.Lead ended = lead();
    state.withdraw(a);
    BatchMember b = waiting("b", 1);
    BatchState.Lead next = lead();
    BatchMembers batch = new BatchMembers(state, () -> {});
    state.take(ended, batch);
    state.disband(ended);
    state.resign(ended);
    assertThat(state.members(batch)).isEmpty();
    assertThat(state.known(b).state()).isEqualTo(MemberState.WAITING);
    assertThat(state.appoint()).as("the other one leads").isNull();
    state.resign(next);
    assertThat(lead().number()).isEqualTo(3);
  }

  @Test
  void noMoreAreTakenThanMayShareARun() {
    for (int i = 0; i < MOST + 1; i++) {
      waiting("a" + i, 1);
    }
    assertThat(state.members(taken())).hasSize(MOST);
    assertThat(state.waiting()).isEqualTo(1);
  }

  @Test
  void noMoreBytesAreTakenThanMayShareARunButForOneMessage() {
    waiting("a", MOST_BYTES + 1);
    waiting("b", MOST_BYTES / 2);
    waiting("c", MOST_BYTES / 2);
    waiting("d", 1);
    assertThat(state.members(taken())).hasSize(1);
    assertThat(state.members(taken())).hasSize(2);
    assertThat(state.members(taken())).hasSize(1);
  }

  @Test
  void thoseOfOneSenderLeaveRoomForOthers() {
    state.endRun(1, 4, true); // at most two from now on
    state.beginAlone();
    waiting("a", 1);
    waiting("a", 1);
    BatchMember b = waiting("b", 1);
    assertThat(state.members(taken())).hasSize(2).contains(b);
  }

  @Test
  void messagesThatHaveLeftDoNotCountAgainstTheirSender() {
    state.endRun(1, 4, true); // at most two from now on
    state.beginAlone();
    BatchMember first = waiting("a", 1);
    BatchMember second = waiting("a", 1);
    BatchMember third = waiting("a", 1);
    waiting("b", 1);
    waiting("b", 1);
    state.leave(first);
    state.leave(second);
    assertThat(state.members(taken())).hasSize(2).contains(third);
  }

  @Test
  void whoHasLeftOrGivenUpIsPassedOver() {
    BatchMember left = waiting("a", 1);
    BatchMember there = waiting("b", 1);
    state.leave(left);
    assertThat(state.members(taken())).containsExactly(there);
    assertThat(state.waiting()).isZero();
  }

  @Test
  void aRunThatWasTooLongHalvesTheNextOnesAndEachOtherOneAddsOne() {
    assertThat(state.limit()).isEqualTo(MOST);
    state.endRun(1, MOST, true);
    assertThat(state.limit()).isEqualTo(2);
    state.endRun(1, 1, true);
    assertThat(state.limit()).as("at least one").isEqualTo(1);
    state.endRun(1, 1, false);
    assertThat(state.limit()).isEqualTo(2);
    for (int i = 0; i < MOST; i++) {
      state.endRun(1, 1, false);
    }
    assertThat(state.limit()).isEqualTo(MOST);
  }

  @Test
  void theNextRunWaitsAMomentForThoseThatTheLastOneHasAnswered() {
    long run = Duration.ofMillis(800).toNanos();
    state.endAlone(run);
    assertThat(state.pause()).as("it was alone").isNotPositive();
    assertThat(state.forArrivals()).isEqualTo(run / 4);
    state.beginAlone();
    assertThat(state.pause()).isEqualTo(run / 8);
    time.advance(Duration.ofSeconds(1));
    waiting("a", 1);
    taken();
    assertThat(state.pause()).as("a run has begun").isEqualTo(run / 8);
    time.advance(Duration.ofSeconds(1));
    state.endRun(run, 2, false);
    assertThat(state.pause()).as("and has ended").isEqualTo(run / 8);
  }

  @Test
  void aRunForNobodyIsNotCounted() {
    BatchMember a = waiting("a", 1);
    state.leave(a);
    taken();
    state.endAlone(1);
    assertThat(state.isIdle()).isTrue();
  }

  @Test
  void onlyTheTimeUntilARunHasHimIsWaited() throws Exception {
    BatchMember a = waiting("a", 1);
    time.advance(Duration.ofSeconds(20));
    assertThat(a.waited()).isEqualTo(Duration.ofSeconds(20).toNanos());
    BatchMembers batch = taken();
    time.advance(Duration.ofSeconds(20));
    assertThat(a.waited()).isEqualTo(Duration.ofSeconds(20).toNanos());
    state.putBack(batch, a);
    time.advance(Duration.ofSeconds(39));
    assertThat(a.waited()).isEqualTo(Duration.ofSeconds(59).toNanos());
    time.advance(Duration.ofSeconds(1));
    assertThat(await(a)).isEqualTo(Waited.OUT_OF_PATIENCE);
    assertThat(state.known(a).state()).isEqualTo(MemberState.OWN);
  }

  @Test
  void whoeverARunHasWaitsForItBeyondHisPatienceAndNotBeyondTheEnd() throws Exception {
    BatchMember a = waiting("a", 1);
    long end = time.nanos() + 2 * MINUTE;
    taken();
    CompletableFuture<Waited> waits =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return state.await(a, MINUTE, end);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            },
            task -> new Thread(task).start());
    time.advance(Duration.ofMinutes(2));
    assertThat(waits.get(60, TimeUnit.SECONDS)).isEqualTo(Waited.TOO_LONG);
    assertThat(state.known(a).state()).isEqualTo(MemberState.TAKEN);
  }

  @Test
  void whoIsPutBackIsTheFirstOfHisSenders() {
    BatchMember first = waiting("a", 60);
    BatchMembers batch = taken();
    waiting("a", 60);
    state.putBack(batch, first);
    assertThat(state.members(batch)).isEmpty();
    assertThat(state.members(taken())).containsExactly(first);
  }

  @Test
  void anAnswerHasTheFirstSentenceOfWhatWentWrong() throws Exception {
    BatchMember a = waiting("a", 1);
    BatchMembers batch = taken();
    state.failed(a, "first");
    state.failed(a, "second");
    assertThat(a.failures()).isEqualTo(2);
    state.answer(batch, a, BatchAnswer.of(CLEAN, List.of("clean"), 1, 0, 0));
    assertThat(await(a)).isEqualTo(Waited.ANSWERED);
    assertThat(a.answer().notes()).containsExactly("first", "clean");
    assertThat(state.known(a).state()).isEqualTo(MemberState.OWN);
  }

  @Test
  void whoeverIsDisbandedGoesAlone() throws Exception {
    BatchMember a = waiting("a", 1);
    BatchMember left = waiting("b", 1);
    state.leave(left);
    state.disband(lead());
    assertThat(await(a)).isEqualTo(Waited.ANSWERED);
    assertThat(a.answer().isGoAlone()).isTrue();
    assertThat(state.known(left).answer()).isNull();
    assertThat(state.waiting()).isZero();
  }

  @Test
  void ofOneThatHasLeftNothingIsShownMovedOrAnswered() throws Exception {
    BatchMember a = waiting("a", 1);
    BatchMembers batch = taken();
    assertThat(state.isForNobody(batch)).isFalse();
    assertThat(state.show(a)).isNotNull();
    assertThat(state.beginMove(a)).isTrue();
    state.endMove(a, Path.of("/run"));
    assertThat(a.place()).isEqualTo(Path.of("/run"));
    assertThat(state.leave(a)).isSameAs(batch);
    assertThat(state.isForNobody(batch)).isTrue();
    assertThat(state.show(a)).isNull();
    assertThat(state.beginMove(a)).isFalse();
    state.answer(batch, a, BatchAnswer.of(CLEAN, List.of(), 1, 0, 0));
    assertThat(state.known(a).answer()).isNull();
    assertThat(await(a)).isEqualTo(Waited.LEFT);
    assertThat(state.isForNobody(batch)).as("it has no members now").isFalse();
    assertThat(state.join(a, 1, false)).isEqualTo(Joined.LEFT);
  }

  /** An interrupt tells who waits from who does not. */
  @Test
  void aReleaseIsWaitedForWhereTheBatchStillHasSomebody() throws Exception {
    BatchMember a = waiting("a", 1);
    BatchMembers batch = taken();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> state.awaitRelease(batch, MINUTE))
        .isInstanceOf(InterruptedException.class);
    state.answer(batch, a, BatchAnswer.of(CLEAN, List.of(), 1, 0, 0));
    Thread.currentThread().interrupt();
    state.awaitRelease(batch, MINUTE);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void whoIsInterruptedWhileARunIsEndedStaysSoAndNobodyElseIs() {
    for (boolean interrupted : new boolean[] {true, false}) {
      BatchMember a = waiting("a", 1);
      AtomicReference<BatchMembers> itself = new AtomicReference<>();
      AtomicInteger ends = new AtomicInteger();
      BatchMembers batch =
          new BatchMembers(
              state,
              () -> {
                if (ends.incrementAndGet() == 2) {
                  state.answer(itself.get(), a, BatchAnswer.of(CLEAN, List.of(), 1, 0, 0));
                }
              });
      itself.set(batch);
      state.take(lead(), batch);
      state.leave(a);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      batch.left();
      assertThat(Thread.interrupted()).isEqualTo(interrupted);
      assertThat(ends).as("again and again").hasValue(2);
    }
  }

  @Test
  void aBatchAnswersOnlyForItsOwn() {
    BatchMember a = waiting("a", 1);
    taken();
    BatchMembers other = new BatchMembers(state, () -> {});
    state.answer(other, a, BatchAnswer.of(CLEAN, List.of(), 1, 0, 0));
    state.putBack(other, a);
    assertThat(state.known(a).answer()).isNull();
    assertThat(state.known(a).state()).isEqualTo(MemberState.TAKEN);
  }

  @Test
  void whatIsShownIsWhereItIsNow() {
    BatchMember a = member("a");
    ScanInput files = ScanInput.in(Path.of("/own/a"));
    a.shows(files);
    assertThat(state.known(a).input()).isSameAs(files);
    assertThat(requireNonNull(state.show(a)).directory()).isEqualTo(Path.of("/own/a"));
  }

  @Test
  void restEndsWithTheLastCollectorOrWithItsTime() throws Exception {
    long begun = time.nanos();
    state.rest(MINUTE);
    assertThat(time.since(begun)).isZero();
    waiting("a", 1);
    lead();
    CompletableFuture<String> rests = rests();
    while (!rests.isDone()) { // it may begin late
      time.advance(Duration.ofMinutes(1));
    }
    assertThat(rests.get(60, TimeUnit.SECONDS)).isEqualTo("rested");
    CompletableFuture<String> again = rests();
    state.retire();
    assertThat(again.get(60, TimeUnit.SECONDS)).isEqualTo("rested");
  }

  private CompletableFuture<String> rests() {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            state.rest(MINUTE);
            return "rested";
          } catch (InterruptedException e) {
            return e.toString();
          }
        },
        task -> new Thread(task).start());
  }
}
