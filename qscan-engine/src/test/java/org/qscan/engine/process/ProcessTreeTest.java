package org.qscan.engine.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.testing.FakeProgram;
import org.qscan.engine.testing.JavaProgram;
import org.qscan.engine.testing.Until;

class ProcessTreeTest {

  @TempDir Path directory;
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void end() {
    started.forEach(Process::destroyForcibly);
  }

  private String mark() {
    return "tree-test-" + directory.getFileName();
  }

  private Process start(String mark, String... words) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().put(Command.MARK, mark);
    Process process = builder.start();
    started.add(process);
    return process;
  }

  @Test
  void everyDescendantIsFoundAndNoOther() throws Exception {
    Process other = start(mark() + "0", "sleep", "300");
    Process another = start(mark().substring(0, mark().length() - 1), "sleep", "300");
    Process unmarked = new ProcessBuilder("sleep", "300").start();
    started.add(unmarked);
    Path program =
        FakeProgram.write(
            directory,
            "family",
            """
            sleep 300 & echo $! >>"$HERE/pids"
            setsid sleep 300 & echo $! >>"$HERE/pids"
            (setsid sh -c 'sleep 300; :' & )
            sleep 300; :\
            """);
    Process family = start(mark(), program.toString());
    Until.holds("all six run", () -> ProcessTree.find(mark()).size() == 6);

    assertThat(ProcessTree.find(mark()).stream().map(ProcessHandle::pid))
        .contains(family.pid())
        .containsAll(FakeProgram.pids(program))
        .doesNotContain(other.pid(), another.pid(), unmarked.pid());

    assertThat(ProcessTree.kill(mark())).isGreaterThanOrEqualTo(6);
    assertThat(ProcessTree.find(mark())).isEmpty();
    assertThat(FakeProgram.survivors(program)).isEmpty();
    assertThat(List.of(other, another, unmarked)).allMatch(Process::isAlive);
  }

  @Test
  void onlyProcessesFromTheFirstOfTheFamilyOnAreLookedAt() throws Exception {
    Process older = start(mark(), "sleep", "300");
    Process first = start(mark(), "sleep", "300");
    Process younger = start(mark(), "sleep", "300");
    Until.holds("all run", () -> ProcessTree.find(mark()).size() == 3);
    ProcessTree.started(mark(), younger.pid());
    ProcessTree.started(mark(), first.pid()); // two are started side by side: the smaller id counts
    Until.holds(
        "the older one cannot be of the family",
        () ->
            ProcessTree.find(mark()).stream()
                .map(ProcessHandle::pid)
                .toList()
                .equals(List.of(first.pid(), younger.pid())));
    assertThat(older.isAlive()).isTrue();
  }

  @Test
  void whereProcessIdsHaveComeRoundAllAreLookedAt() throws Exception {
    Process child = start(mark(), "sleep", "300");
    ProcessTree.started(mark(), Long.MAX_VALUE);
    Until.holds(
        "it is found",
        () -> ProcessTree.find(mark()).stream().anyMatch(one -> one.pid() == child.pid()));
    assertThat(ProcessTree.end(mark())).isTrue();
    assertThat(child.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void theMarkIsFoundWhereverItStandsInTheEnvironment() throws Exception {
    ProcessBuilder alone = new ProcessBuilder("sleep", "300");
    alone.environment().clear();
    alone.environment().put(Command.MARK, mark());
    started.add(alone.start());
    Process first =
        new ProcessBuilder("env", "-i", Command.MARK + "=" + mark(), "A=b", "sleep", "300").start();
    started.add(first);
    Process last =
        new ProcessBuilder("env", "-i", "A=b", Command.MARK + "=" + mark(), "sleep", "300").start();
    started.add(last);
    Until.holds("all three run", () -> ProcessTree.find(mark()).size() == 3);
  }

  @Test
  void aVariableThatOnlyEndsOrBeginsLikeTheMarkIsNone() throws Exception {
    Process process =
        new ProcessBuilder(
                "env",
                "-i",
                "X" + Command.MARK + "=" + mark(),
                "Y=" + Command.MARK + "=" + mark(),
                Command.MARK + "2=" + mark(),
                "sleep",
                "300")
            .start();
    started.add(process);
    Until.stays("none is found", () -> ProcessTree.find(mark()).isEmpty());
    assertThat(process.isAlive()).isTrue();
  }

  @Test
  void aFamilyThatGrowsFasterThanOneLooksDiesAllTheSame() throws Exception {
    Path program =
        FakeProgram.write(
            directory, "grows", "while :; do sleep 300 & setsid sleep 300 & sleep 0.01; done");
    start(mark(), program.toString());
    Until.holds("it has grown", () -> ProcessTree.find(mark()).size() > 10);
    ProcessTree.kill(mark());
    assertThat(ProcessTree.find(mark())).isEmpty();
    Until.stays("none is left", () -> ProcessTree.find(mark()).isEmpty());
  }

  /** In the middle of execve(2) a process has, for some microseconds, no environment to read. */
  @Test
  void aProcessThatBecomesAnotherProgramAllTheTimeIsFoundAndKilled() throws Exception {
    Path program = FakeProgram.write(directory, "changes", "exec \"$0\"");
    Process changing = start(mark(), program.toString());
    Until.holds("it runs", () -> !FakeProgram.pids(program).isEmpty());
    int found = 0;
    for (int i = 0; i < 200; i++) {
      found += ProcessTree.find(mark()).isEmpty() ? 0 : 1;
    }
    assertThat(found).isGreaterThan(180);
    ProcessTree.kill(mark());
    assertThat(changing.waitFor(120, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whoIsYoungerIsFoundByWayOfTheNumbersToo() throws Exception {
    Process first = start(mark(), "sleep", "300");
    start(mark(), "sleep", "300");
    Until.holds("both run", () -> ProcessTree.find(mark()).size() == 2);
    assertThat(ProcessTree.kill(mark(), first.pid(), List.of())).isGreaterThanOrEqualTo(2);
    assertThat(ProcessTree.find(mark())).isEmpty();
  }

  @Test
  void nobodyIsFoundForAMarkThatNobodyBears() {
    assertThat(ProcessTree.find(mark())).isEmpty();
    assertThat(ProcessTree.kill(mark())).isZero();
  }

  /** Else the slot of a scanner that runs would be given to the next. */
  @Test
  void whoHasNoDescriptorLeftTakesNobodyForGone() throws Exception {
    String mark = "blind-" + ProcessHandle.current().pid();
    try (JavaProgram parent =
        JavaProgram.start(List.of("prlimit", "--nofile=80"), List.of(), BlindParent.class, mark)) {
      assertThat(parent.line()).isEqualTo("blind: gone false, alive true");
      assertThat(parent.line()).isEqualTo("seeing: gone true");
    } finally {
      ProcessTree.kill(mark);
    }
  }
}
