package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.qscan.engine.config.Key;

/** What qmail's clients make of our codes (qmail.c, qmail_close; measured, see facts). */
class QueueExitTest {

  @Test
  void onlyQueuedIsZero() {
    assertThat(QueueExit.QUEUED.code()).isZero();
    assertThat(Arrays.stream(QueueExit.values()).filter(exit -> exit.code() == 0)).hasSize(1);
  }

  @Test
  void whatIsRefusedForGoodLiesWhereClientsTakeItForPermanent() {
    assertThat(List.of(QueueExit.INFECTED.code(), QueueExit.ADDRESS_TOO_LONG.code()))
        .allMatch(code -> code >= 11 && code <= 40);
  }

  @Test
  void whatMayGoBetterNextTimeLiesOutsideAndPromisesNoText() {
    assertThat(
            List.of(
                QueueExit.FAILED.code(),
                QueueExit.BROKEN_OFF.code(),
                QueueExit.BAD_ENVELOPE.code()))
        .allMatch(code -> code > 40 && code <= 111 && code != 82 && code != 88);
  }

  @Test
  void noCodeHasTwoMeanings() {
    assertThat(Arrays.stream(QueueExit.values()).map(QueueExit::code)).doesNotHaveDuplicates();
    assertThat(Arrays.stream(QueueExit.values()).map(QueueExit::meaning))
        .doesNotHaveDuplicates()
        .noneMatch(String::isBlank);
  }

  @Test
  void thoseThatCanBeConfiguredAreTheConfigurationsDefaults() {
    assertThat(Key.EXIT_INFECTED.defaultValue())
        .isEqualTo(Integer.toString(QueueExit.INFECTED.code()));
    assertThat(Key.EXIT_FAILED.defaultValue()).isEqualTo(Integer.toString(QueueExit.FAILED.code()));
  }
}
