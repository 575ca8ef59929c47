package org.qscan.qmail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.qscan.qmail.cli.ScanExit.CLEAN;
import static org.qscan.qmail.cli.ScanExit.FAILED;
import static org.qscan.qmail.cli.ScanExit.INFECTED;
import static org.qscan.qmail.cli.ScanExit.UNSCANNABLE;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScanExitTest {

  @Test
  void worstFirstIsInfectedFailedUnscannableClean() {
    List<ScanExit> worstFirst = List.of(INFECTED, FAILED, UNSCANNABLE, CLEAN);
    for (ScanExit one : worstFirst) {
      for (ScanExit other : worstFirst) {
        int worst = Math.min(worstFirst.indexOf(one), worstFirst.indexOf(other));
        assertThat(one.or(other)).isEqualTo(worstFirst.get(worst));
      }
    }
  }

  @Test
  void codesAreThoseOfTheDesign() {
    assertThat(List.of(CLEAN.code(), INFECTED.code(), FAILED.code(), UNSCANNABLE.code()))
        .containsExactly(0, 1, 2, 3);
  }
}
