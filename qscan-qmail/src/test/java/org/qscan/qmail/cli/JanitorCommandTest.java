package org.qscan.qmail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.gate.SessionLease;
import org.qscan.engine.gate.WorkDirectory;
import org.qscan.qmail.cli.Site.Outcome;

class JanitorCommandTest {

  private Site site;

  @BeforeEach
  void makeSite(@TempDir Path directory) {
    site = new Site(directory);
  }

  @Test
  void deadSessionsAreRemovedAndNamed() {
    site.write("work/19ab-1-1/views/raw/1.eml", "left by a process that was killed");
    site.write("work/.live/19ab-1-1", "");
    site.write("work/19ab-1-2/x", "without a lock file");
    Outcome outcome = site.qscan("janitor");
    assertThat(outcome.lines())
        .containsExactlyInAnyOrder("19ab-1-1", "19ab-1-2", "2 dead sessions removed")
        .last()
        .isEqualTo("2 dead sessions removed");
    assertThat(outcome.code()).isZero();
    assertThat(site.residue()).isEmpty();
  }

  @Test
  void livingSessionIsLeftAlone() throws Exception {
    try (SessionLease tenure = WorkDirectory.open(site.work(), false).enter()) {
      assertThat(site.qscan("janitor").out()).isEqualTo("0 dead sessions removed\n");
      assertThat(tenure.directory()).exists();
    }
  }

  @Test
  void whatIsNoSessionIsLeftAlone() {
    Path other = site.write("work/precious", "");
    assertThat(site.qscan("janitor").out()).isEqualTo("0 dead sessions removed\n");
    assertThat(other).exists();
  }

  @Test
  void workDirectoryThatIsMissingIsToldInOneSentence() {
    site.configure("work.directory=/nowhere/at/all");
    Outcome outcome = site.qscan("janitor");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err())
        .startsWith("qscan: work.directory /nowhere/at/all does not exist: create it")
        .hasLineCount(1);
  }
}
