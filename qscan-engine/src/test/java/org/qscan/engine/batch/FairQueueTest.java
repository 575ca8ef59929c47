package org.qscan.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Senders take turns, and nothing is lost or comes twice. */
class FairQueueTest {

  private final FairQueue<String> queue = new FairQueue<>();
  private final Map<String, Integer> held = new HashMap<>();

  private List<String> all() {
    List<String> all = new ArrayList<>();
    for (String next = poll(); next != null; next = poll()) {
      all.add(next);
    }
    return all;
  }

  private @Nullable String poll() {
    return queue.poll(sender -> held.getOrDefault(sender, 0));
  }

  @Test
  void oneSendersFiftyWaitForEachOtherAndNotForTheRest() {
    for (int i = 0; i < 50; i++) {
      queue.add("a", 0, "a" + i);
    }
    queue.add("b", 0, "b0");
    queue.add("c", 0, "c0");
    queue.add("b", 0, "b1");

    assertThat(all()).hasSize(53).startsWith("a0", "b0", "c0", "a1", "b1", "a2", "a3");
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void whoHoldsLeastIsFirst() {
    held.put("a", 2);
    held.put("b", 1);
    queue.add("a", 0, "a0");
    queue.add("b", 0, "b0");
    queue.add("c", 0, "c0");

    assertThat(all()).containsExactly("c0", "b0", "a0");
  }

  @Test
  void ofOneSenderTheLowestRankIsFirstAndThenWhoCameFirst() {
    queue.add("a", 5, "large");
    queue.add("a", 1, "small");
    queue.add("a", 1, "small too");
    queue.add("a", 0, "again");

    assertThat(all()).containsExactly("again", "small", "small too", "large");
  }

  @Test
  void manySendersOfOneDearThingEachAreNoQueueForWhatIsCheapAndComesALittleLater() {
    for (int i = 0; i < 140; i++) {
      queue.addAt(0, 900, "a" + i, "dear" + i);
    }
    queue.addAt(500, 200, "b", "cheap");
    queue.addAt(800, 200, "c", "cheap, and later");

    assertThat(all()).hasSize(142).startsWith("cheap", "dear0").endsWith("cheap, and later");
  }

  @Test
  void oneSendersManyCheapOnesPayForEachOther() {
    for (int i = 0; i < 50; i++) {
      queue.addAt(0, 10, "a", "a" + i);
    }
    queue.addAt(5, 10, "b", "b0");
    queue.addAt(5, 10, "b", "b1");

    assertThat(all()).hasSize(52).startsWith("a0", "b0", "a1", "b1", "a2");
  }

  @Test
  void whoGoesAndComesAgainIsNotFirstForEver() {
    queue.add("a", 0, "a0");
    queue.add("a", 0, "a1");
    queue.add("b", 0, "b0");
    assertThat(poll()).isEqualTo("a0");
    assertThat(poll()).isEqualTo("b0"); // nothing of b waits any more
    queue.add("b", 0, "b1");

    assertThat(all()).containsExactly("a1", "b1");
  }

  @Test
  void whatIsTakenOutDoesNotComeAndASenderOfNothingLeavesNoTrace() {
    queue.add("a", 0, "a0");
    queue.add("b", 0, "b0");

    assertThat(queue.remove("a", "a0")).isTrue();
    assertThat(queue.remove("a", "a0")).isFalse();
    assertThat(queue.remove("b", "other")).isFalse();
    assertThat(queue.size()).isOne();
    assertThat(queue.peek(sender -> 0)).isEqualTo("b0");
    assertThat(all()).containsExactly("b0");
    assertThat(queue.peek(sender -> 0)).isNull();
  }

  @Test
  void whateverIsDoneNothingIsLost() {
    Random random = new Random(7);
    List<String> in = new ArrayList<>();
    List<String> out = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      if (random.nextInt(3) > 0) {
        queue.add("s" + random.nextInt(9), random.nextInt(3), "m" + i);
        in.add("m" + i);
      } else if (!queue.isEmpty()) {
        out.add(poll());
      }
      assertThat(queue.size()).isEqualTo(in.size() - out.size());
    }
    out.addAll(queue.drain());
    assertThat(out).containsExactlyInAnyOrderElementsOf(in);
    assertThat(queue.isEmpty()).isTrue();
  }
}
