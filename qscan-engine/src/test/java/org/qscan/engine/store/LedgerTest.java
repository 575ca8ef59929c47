package org.qscan.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.engine.testing.ManualTicker;

/** Never more than there is, whoever takes it, and something left for those who want little. */
class LedgerTest {

  private static final long MIB = 1 << 20;

  @ParameterizedTest
  @ValueSource(longs = {16, 32, 48, 64, 256, 512, 4096})
  void whoeverTakesWhatThereIsNeverMoreThanThat(long mebibytes) {
    Ledger ledger = Ledger.ofHeap(mebibytes * MIB);
    assertThat(ledger.most()).isLessThanOrEqualTo(mebibytes * MIB * 60 / 100);
    while (ledger.take(100_000)) {
      // on and on
    }
    List<Ledger.Reservation> all = new ArrayList<>();
    for (boolean large : new boolean[] {true, false}) {
      for (Ledger.Reservation one = ledger.reserve(large);
          one != null;
          one = ledger.reserve(large)) {
        all.add(one);
      }
    }
    assertThat(ledger.highest()).isLessThanOrEqualTo(ledger.most());
    assertThat(all).as("one large and two small ones").hasSizeGreaterThanOrEqualTo(3);
    assertThat(all.get(0).bytes()).isGreaterThan(2 * all.get(all.size() - 1).bytes());
  }

  @Test
  void whatIsKeptLeavesHalfOfItToThoseWhoWork() {
    Ledger ledger = new Ledger(1000);
    assertThat(ledger.take(500)).isTrue();
    assertThat(ledger.take(1)).isFalse();
    assertThat(ledger.reserve(true)).isNotNull();
    ledger.give(500);
    assertThat(ledger.take(500)).isTrue();
  }

  @Test
  void largeOnesLeaveRoomForTwoSmallOnes() {
    Ledger ledger = Ledger.ofHeap(48 * MIB);
    while (ledger.reserve(true) != null) {
      // on and on
    }
    assertThat(ledger.reserve(false)).isNotNull();
    assertThat(ledger.reserve(false)).isNotNull();
  }

  @Test
  void whatIsLeftOfAReservationIsGivenBackAtItsEndAndOnce() {
    Ledger ledger = Ledger.ofHeap(48 * MIB);
    Ledger.Reservation room = Objects.requireNonNull(ledger.reserve(true));
    room.done(1000);
    assertThat(ledger.taken()).isEqualTo(1000);
    assertThat(room.bytes()).isZero();
    room.done(500_000);
    assertThat(ledger.taken()).isEqualTo(1000);
    room.close();
    room.close();
    assertThat(ledger.taken()).isZero();
  }

  @Test
  void whoWaitsIsToldOfEachRoomAndMayHaveItAtOnce() {
    Ledger ledger = new Ledger(1200);
    List<Ledger.Reservation> got = new ArrayList<>();
    ledger.take(600);
    while (ledger.reserve(false) != null) {
      // on and on
    }
    ledger.onRoom(() -> {
      Ledger.Reservation one = ledger.reserve(false);
      if (one != null) {
        got.add(one);
      }
    });
    ledger.give(100);
    assertThat(got).hasSize(1);
  }

  @Test
  void whoWaitsInVainIsToldWhenTheTimeIsOver() throws Exception {
    ManualTicker time = new ManualTicker();
    Ledger ledger = new Ledger(1200, time);
    ledger.take(600);
    while (ledger.reserve(true) != null) {
      // on and on
    }
    CompletableFuture<String> waiting =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return ledger.await(true, Duration.ofMinutes(5)) == null ? "nothing" : "room";
              } catch (InterruptedException e) {
                return e.toString();
              }
            },
            task -> new Thread(task).start());
    while (!waiting.isDone()) { // it may begin to wait late
      time.advance(Duration.ofMinutes(1));
    }
    assertThat(waiting.get(60, TimeUnit.SECONDS)).isEqualTo("nothing");
  }

  @Test
  void whoWaitsForTheOnlyRoomGetsItWhenTheOtherHasEndedAndNothingWithoutPatience()
      throws Exception {
    Ledger ledger = new Ledger(1200);
    Ledger.Reservation first = Objects.requireNonNull(ledger.reserve(true));
    Ledger.Reservation second = Objects.requireNonNull(ledger.reserve(true));
    assertThat(ledger.await(true, Duration.ZERO)).isNull();
    AtomicInteger got = new AtomicInteger();
    Thread waiting =
        new Thread(() -> {
          try {
            got.set(ledger.await(true, Duration.ofMinutes(5)) == null ? -1 : 1);
          } catch (InterruptedException e) {
            got.set(-2);
          }
        });
    waiting.start();
    first.close();
    waiting.join();
    assertThat(got).hasValue(1);
    second.close();
  }
}
