package org.qscan.qmail.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.qscan.engine.store.Ledger;
import org.qscan.engine.testing.ManualTicker;

/** Who is next: no thread, no clock and no message is needed to ask that. */
class AdmissionTest {

  private static final long MIB = 1 << 20;

  private final Ledger ledger = Ledger.ofHeap(48 * MIB);
  private final ManualTicker time = new ManualTicker();
  private final Admission<String> admission = new Admission<>(ledger, time);

  AdmissionTest() {
    admission.resize(20, 6, 1);
  }

  /** A message's first letter is its sender. */
  private void small(String message) {
    admission.add(message, message.substring(0, 1), time.nanos(), 1, false);
  }

  private void large(String message) {
    admission.add(message, message.substring(0, 1), time.nanos(), 1, true);
  }

  private List<Admission<String>.Permit> letIn() {
    List<Admission<String>.Permit> in = new ArrayList<>();
    for (Admission<String>.Permit next = next(); next != null; next = next()) {
      in.add(next);
    }
    return in;
  }

  private Admission<String>.@Nullable Permit next() {
    return admission.next(message -> message.substring(0, 1));
  }

  private static List<String> messages(List<Admission<String>.Permit> permits) {
    return permits.stream().map(Admission.Permit::message).toList();
  }

  @Test
  void anyNumberOfLargeOnesLeavesPermitsForSmallOnes() {
    for (int i = 0; i < 50; i++) {
      large("a" + i);
    }
    small("b0");
    small("c0");

    assertThat(messages(letIn())).containsExactly("a0", "b0", "c0");
  }

  @Test
  void whatWasSmallAndTurnsOutDearMakesRoomForASmallOneAndWaitsItsTurnAmongTheLargeOnes() {
    large("a0");
    for (int i = 0; i < 7; i++) {
      small("b" + i);
    }
    List<Admission<String>.Permit> in = letIn();
    assertThat(messages(in)).containsExactly("a0", "b0", "b1", "b2", "b3", "b4", "b5");
    in.get(1).end();
    large("b0");

    assertThat(messages(letIn())).containsExactly("b6");
    in.get(0).extracted();
    in.get(0).end();
    assertThat(messages(letIn())).containsExactly("b0");
  }

  @Test
  void whatIsTakenApartMakesRoomForTheNextThoughItStillHasAThread() {
    for (int i = 0; i < 7; i++) {
      small("a" + i);
    }
    List<Admission<String>.Permit> in = letIn();
    assertThat(in).hasSize(6);
    in.get(3).extracted();
    in.get(3).extracted();

    assertThat(messages(letIn())).containsExactly("a6");
    assertThat(admission.running()).isEqualTo(7);
  }

  @Test
  void oneSendersFiftyWaitForEachOther() {
    for (int i = 0; i < 50; i++) {
      small("a" + i);
    }
    List<Admission<String>.Permit> in = letIn();
    small("b0");
    in.get(0).end();

    assertThat(messages(letIn())).containsExactly("b0");
  }

  @Test
  void largeOnesThatAreScannedNeverHaveAllThreads() {
    for (int i = 0; i < 50; i++) {
      large("a" + i);
    }
    int scanned = 0;
    for (Admission<String>.Permit next = next(); next != null; next = next()) {
      next.room().done(0);
      next.extracted();
      scanned++;
    }
    assertThat(scanned).isEqualTo(15);
    for (int i = 0; i < 9; i++) {
      small("b" + i);
    }
    assertThat(messages(letIn())).containsExactly("b0", "b1", "b2", "b3", "b4");
  }

  @Test
  void aLargeOneIsNotLeftBehindByAStreamOfSmallOnes() {
    admission.resize(2, 2, 1);
    small("a0");
    small("a1");
    List<Admission<String>.Permit> in = letIn();
    large("b0");
    for (int i = 2; i < 50; i++) {
      small("a" + i);
    }
    in.get(0).end();

    assertThat(messages(letIn())).containsExactly("b0");
  }

  /** Half of the memory is held by messages that do not go on; small ones come without end. */
  @Test
  void aLargeOneThatFindsNoMemoryIsNotPassedByForEver() {
    ledger.force(ledger.most() / 2);
    for (int i = 0; i < 200; i++) {
      small("a" + i);
    }
    Deque<Admission<String>.Permit> in = new ArrayDeque<>(letIn());
    large("b0");
    List<String> letIn = new ArrayList<>();
    for (int round = 0; round < 100 && !letIn.contains("b0"); round++) {
      time.advance(Duration.ofMillis(100));
      in.remove().end(); // one of them is through, and the next may come
      List<Admission<String>.Permit> more = letIn();
      in.addAll(more);
      letIn.addAll(messages(more));
    }

    assertThat(letIn).contains("a25", "b0"); // for some time they did pass by
  }

  @Test
  void aLargeOneThatWaitsForAnotherLargeOneHoldsUpNoSmallOne() {
    large("b0");
    large("b1");
    assertThat(letIn()).hasSize(1);
    time.advance(Duration.ofMinutes(1));
    small("a0");

    assertThat(messages(letIn())).containsExactly("a0");
  }

  /** From four processors on there may be several at a time. */
  @Test
  void aLargeOneThatWaitsForTheMemoryOfAnotherLargeOneHoldsUpNoSmallOne() {
    admission.resize(20, 6, 4);
    Objects.requireNonNull(ledger.reserve(true)).close();
    for (int i = 0; i < 4; i++) {
      large("b" + i);
    }
    int in = letIn().size();
    assertThat(in).as("as many as there is memory for").isBetween(1, 3);
    time.advance(Duration.ofMinutes(1));
    small("a0");

    assertThat(messages(letIn())).containsExactly("a0");
  }

  @Test
  void whoHeldUpTheSmallOnesAndWentAwayHoldsUpNobodyAnyMore() {
    ledger.force(ledger.most() / 2);
    for (int i = 0; i < 9; i++) {
      small("a" + i);
    }
    List<Admission<String>.Permit> in = letIn();
    large("b0");
    assertThat(letIn()).isEmpty();
    time.advance(Duration.ofMinutes(1));
    in.get(0).end();
    assertThat(letIn()).isEmpty();
    assertThat(admission.remove("b0", "b")).isTrue();

    assertThat(messages(letIn())).isNotEmpty().allMatch(message -> message.startsWith("a"));
  }

  @Test
  void withoutMemoryNobodyIsLetInAndNobodyIsLost() {
    List<Ledger.Reservation> others = new ArrayList<>();
    for (boolean isLarge : new boolean[] {true, false}) {
      for (Ledger.Reservation one = ledger.reserve(isLarge);
          one != null;
          one = ledger.reserve(isLarge)) {
        others.add(one);
      }
    }
    small("a0");
    large("b0");
    assertThat(letIn()).isEmpty();
    assertThat(admission.waiting()).isEqualTo(2);
    others.forEach(Ledger.Reservation::close);

    assertThat(letIn()).hasSize(2);
    assertThat(admission.waiting()).isZero();
  }

  @Test
  void allIsGivenBackAtTheEnd() {
    for (int i = 0; i < 5; i++) {
      small("a" + i);
      large("b" + i);
    }
    for (int round = 0; admission.waiting() > 0; round++) {
      assertThat(round).isLessThan(10);
      letIn()
          .forEach(permit -> {
            permit.end();
            permit.end();
          });
    }
    assertThat(admission.running()).isZero();
    assertThat(ledger.taken()).isZero();
    assertThat(admission.remove("a0", "a")).isFalse();
  }

  @Test
  void whoIsTakenOutIsNotLetIn() {
    small("a0");
    large("a1");
    assertThat(admission.remove("a1", "a")).isTrue();
    assertThat(messages(letIn())).containsExactly("a0");
  }
}
