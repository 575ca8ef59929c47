package org.qscan.qmail.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Nobody fills the log with failures that cost him nothing, and nobody else loses a line by that.
 */
class FailureLinesTest {

  private final FailureLines lines = new FailureLines();

  @Test
  void whatIsTooMuchInASecondIsLeftOutAndCounted() {
    long now = TimeUnit.SECONDS.toNanos(10);
    for (int i = 0; i < FailureLines.MOST; i++) {
      assertThat(lines.oneMore("mallory", now)).isZero();
    }
    assertThat(lines.oneMore("mallory", now)).isEqualTo(-1);
    assertThat(lines.oneMore("mallory", now)).isEqualTo(-1);
    assertThat(lines.oneMore("alice", now)).isZero();
    long later = now + TimeUnit.SECONDS.toNanos(1);
    assertThat(lines.oneMore("mallory", later)).isEqualTo(2);
    assertThat(lines.oneMore("mallory", later)).isZero();
  }
}
