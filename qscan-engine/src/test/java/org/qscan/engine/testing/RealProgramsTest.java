package org.qscan.engine.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

class RealProgramsTest {

  @Test
  void aProgramThatIsThereIsFound() {
    assertThat(RealPrograms.require("sh")).isExecutable();
  }

  @Test
  void aProgramThatIsMissingFailsTheTestWhereEverythingIsToBeTested() {
    boolean everything = "true".equals(System.getenv("CI"));
    assertThatThrownBy(() -> RealPrograms.require("no-such-program"))
        .isInstanceOf(everything ? AssertionFailedError.class : TestAbortedException.class)
        .hasMessageContaining("no-such-program");
  }
}
