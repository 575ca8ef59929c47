package org.qscan.engine.scan.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.Verdict;
import org.qscan.engine.process.ProcessTree;
import org.qscan.engine.scan.Finding;
import org.qscan.engine.scan.VerdictCache;
import org.qscan.engine.testing.FakeProgram;
import org.qscan.engine.testing.FakeSweep;

/** sweep as a child that behaves well, and as one that behaves as badly as it can. */
class SweepTest {

  private static final Duration SHORT = Duration.ofMillis(800);
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path directory;

  private Finding scan(Path program, Duration timeout) throws ScanFailure {
    return ProgramScanner.sweep(
            new ProgramSettings(program, List.of("-f", "-ss"), Map.of()),
            timeout,
            new VerdictCache(0))
        .scan(directory, mark());
  }

  private String mark() {
    return "sweep-test-" + directory.getFileName();
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertFails(
      Path program, Duration timeout) {
    var failure =
        assertThatThrownBy(() -> scan(program, timeout))
            .isInstanceOf(ScanFailure.class)
            .hasMessageStartingWith("sweep.program " + program + " ");
    assertNothingIsLeft(program);
    return failure;
  }

  private void assertNothingIsLeft(Path program) {
    assertThat(ProcessTree.find(mark())).isEmpty();
    assertThat(FakeProgram.survivors(program)).isEmpty();
  }

  @Test
  void cleanIsClean() throws Exception {
    assertThat(scan(FakeSweep.clean(directory), LONG).verdict()).isEqualTo(new Verdict.Clean());
  }

  @Test
  void infectedIsInfectedWithTheThreatsName() throws Exception {
    assertThat(scan(FakeSweep.infected(directory), LONG).verdict())
        .isEqualTo(new Verdict.Infected(List.of(FakeSweep.THREAT)));
  }

  @Test
  void aThreatInAnAnswerThatIsNotBelievedIsRemembered() {
    Path program =
        FakeSweep.exits(
            directory,
            3,
            ">>> Virus 'EICAR-AV-Test' found in file /x/raw/1.eml\nSomething else happened\n");
    assertThatThrownBy(() -> scan(program, LONG))
        .isInstanceOfSatisfying(
            ScanFailure.class, e -> assertThat(e.seen()).containsExactly("EICAR-AV-Test"));
  }

  @Test
  void theDirectoryIsTheLastArgumentAndNothingOfOurEnvironmentIsHandedOn() throws Exception {
    Path program = FakeSweep.records(directory);
    ProgramScanner.sweep(
            new ProgramSettings(
                program, List.of("-f", "-all"), Map.of("SAV_IDE", "/ide", "LANG", "de_DE")),
            LONG,
            new VerdictCache(0))
        .scan(directory, mark());

    assertThat(FakeSweep.arguments(program)).containsExactly("-f", "-all", directory.toString());
    assertThat(FakeSweep.environment(program))
        .contains("SAV_IDE=/ide", "LANG=de_DE", "LC_ALL=C", "QSCAN_SESSION=" + mark())
        .noneMatch(line -> line.startsWith("HOME=") || line.contains("JAVA"));
  }

  @Test
  void languageIsForcedToC() throws Exception {
    Path program = FakeSweep.records(directory);
    scan(program, LONG);
    assertThat(FakeSweep.environment(program)).contains("LANG=C", "LC_ALL=C");
  }

  @Test
  void hangingScannerIsAFailureAndLeavesNoProcess() {
    assertFails(FakeSweep.hangs(directory), SHORT)
        .hasMessageContaining("did not end within scan.timeout");
  }

  @Test
  void scannerThatIgnoresSigtermIsAFailureAndLeavesNoProcess() {
    assertFails(FakeSweep.ignoresTerm(directory), SHORT)
        .hasMessageContaining("did not end within scan.timeout");
  }

  @Test
  void hangingScannerWithAGrandchildOutOfItsGroupIsAFailureAndLeavesNoProcess() {
    assertFails(FakeSweep.leavesGrandchildOutOfTheGroup(directory), SHORT)
        .hasMessageContaining("did not end within scan.timeout");
  }

  @Test
  void scannerThatLeavesASilentGrandchildIsAFailureAndLeavesNoProcess() {
    assertFails(FakeSweep.leavesSilentGrandchild(directory), LONG).hasMessageContaining("left");
  }

  @Test
  void scannerThatLeavesAGrandchildWithItsOutputIsAFailureAndLeavesNoProcess() {
    assertFails(FakeSweep.leavesGrandchildWithTheOutput(directory), LONG)
        .hasMessageContaining("left");
  }

  @Test
  void scannerThatPrintsAGigabyteIsAFailureAndLeavesNoProcess() {
    assertFails(FakeSweep.floods(directory), LONG).hasMessageContaining("printed more than");
  }

  @Test
  void scannerThatDiesOfASignalIsAFailureEvenWhereItSaidClean() {
    assertFails(FakeSweep.diesOfSignal(directory, 11), LONG).hasMessageContaining("signal 11");
    assertFails(FakeSweep.diesOfSignal(directory, 9), LONG).hasMessageContaining("signal 9");
    assertFails(FakeSweep.diesOfSignal(directory, 15), LONG).hasMessageContaining("signal 15");
  }

  @Test
  void missingScannerIsAFailure() {
    assertFails(FakeSweep.missing(directory), LONG).hasMessageContaining("missing");
  }

  @Test
  void scannerThatMayNotBeExecutedIsAFailure() {
    assertFails(FakeSweep.notExecutable(directory), LONG).hasMessageContaining("not executable");
  }

  @Test
  void directoryInPlaceOfAScannerIsAFailure() throws Exception {
    assertFails(Files.createDirectory(directory.resolve("sweep.d")), LONG)
        .hasMessageContaining("not executable");
  }

  @Test
  void scannerWithoutItsInterpreterIsAFailure() throws Exception {
    Path program = FakeSweep.clean(directory);
    Files.writeString(program, "#!/no/such/interpreter\n");
    assertFails(program, LONG).hasMessageContaining("could not be executed");
  }

  @Test
  void whatAScannerPrintsOnStandardErrorIsReadAsWell() {
    Path program = FakeProgram.write(directory, "sweep", "echo 'cannot load virus data' >&2");
    assertFails(program, LONG).hasMessageContaining("cannot load virus data");
  }

  @Test
  void findingIsReadWholeWhereItComesInTheLastInstant() throws Exception {
    Path program =
        FakeProgram.write(
            directory,
            "sweep",
            "i=0; while [ $i -lt 5000 ]; do echo 'Using IDE file abcdefgh.ide'; i=$((i+1)); done\n"
                + "echo \">>> Virus 'Last/Line' found in file /a\"; exit 3");
    assertThat(scan(program, LONG).verdict()).isEqualTo(new Verdict.Infected(List.of("Last/Line")));
  }

  @Test
  void scannerIsGivenNoInput() throws Exception {
    Path program = FakeProgram.write(directory, "sweep", "read -r line && exit 9\nexit 0");
    assertThat(scan(program, LONG).verdict()).isEqualTo(new Verdict.Clean());
  }
}
