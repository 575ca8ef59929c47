package org.qscan.engine.scan.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.qscan.engine.Verdict.Reason;
import org.qscan.engine.process.ProcessTree;
import org.qscan.engine.scan.ScannerContract;
import org.qscan.engine.scan.VirusScanner;
import org.qscan.engine.testing.FakeProgram;
import org.qscan.engine.testing.FakeSweep;

/** The contract for scanners that are programs, and what only a program can do wrong. */
abstract class ProgramContract extends ScannerContract {

  private final List<Path> programs = new ArrayList<>();

  abstract VirusScanner scanner(ProgramSettings settings, Duration timeout);

  abstract String name();

  /** One line for a finding. */
  abstract String found(String threat, String path);

  /** One line for something left out; null for a file that cannot be opened. */
  abstract String leftOut(@Nullable Reason reason, String path);

  /** The exit code with a finding. */
  abstract int foundCode();

  /** The exit code with something left out. */
  abstract int leftOutCode();

  /** What stands in front of the first file. */
  abstract String banner();

  /** The lines of its data being old; null if it has none. */
  abstract @Nullable String old();

  private VirusScanner scanner(Path program, Duration timeout) {
    programs.add(program);
    return scanner(new ProgramSettings(program, List.of("-x"), Map.of()), timeout);
  }

  final VirusScanner exits(int code, String text) {
    return scanner(FakeSweep.exits(scratch, code, text), LONG);
  }

  @Override
  protected final String key() {
    return name() + ".program";
  }

  @Override
  protected VirusScanner clean() {
    return exits(0, banner());
  }

  @Override
  protected VirusScanner findsTwo() {
    return exits(
        foundCode(),
        banner() + found(FIRST, views + "/raw/1.eml") + found(SECOND, views + "/ripmime/2.doc"));
  }

  @Override
  protected VirusScanner findsOneNested(String threat) {
    return exits(foundCode(), found(threat, views + "/raw/1.eml/it's a.zip/b (c).zip/d found.exe"));
  }

  @Override
  protected VirusScanner unscannable(Reason reason) {
    return exits(leftOutCode(), banner() + leftOut(reason, views + "/ripmime/2.doc"));
  }

  @Override
  protected VirusScanner findsOneBesideEncrypted() {
    return exits(
        foundCode(),
        leftOut(Reason.ENCRYPTED, views + "/ripmime/2.doc") + found(FIRST, views + "/raw/1.eml"));
  }

  @Override
  protected VirusScanner findsOneBesideUnreadable() {
    return exits(
        foundCode(), leftOut(null, views + "/ripmime/2.doc") + found(FIRST, views + "/raw/1.eml"));
  }

  @Override
  protected VirusScanner saysSomethingNew() {
    return exits(0, "A line that nobody has seen before\n");
  }

  @Override
  protected VirusScanner findsButEndsClean() {
    return exits(0, found(FIRST, views + "/raw/1.eml"));
  }

  @Override
  protected VirusScanner endsFoundWithoutFinding() {
    return exits(foundCode(), banner());
  }

  @Override
  protected VirusScanner cannotReadTheFiles() {
    return exits(leftOutCode(), leftOut(null, views + "/raw/1.eml"));
  }

  @Override
  protected VirusScanner hangs(Duration timeout) {
    return scanner(FakeSweep.hangs(scratch), timeout);
  }

  @Override
  protected VirusScanner answersTooLateOnce(Duration timeout) {
    Path program =
        FakeProgram.write(
            scratch,
            name(),
            "[ -e \"$HERE/again\" ] || { >\"$HERE/again\"; sleep 30; exit 0; }\n"
                + "cat \"$HERE/text\"; exit "
                + foundCode());
    FakeProgram.give(program, "text", found(FIRST, views + "/raw/1.eml"));
    // Long enough for a program to start on a busy machine, once the first has been given up.
    return scanner(program, timeout.multipliedBy(5));
  }

  @Override
  protected VirusScanner dies() {
    return scanner(FakeSweep.diesOfSignal(scratch, 11), LONG);
  }

  @Override
  protected VirusScanner floods() {
    return scanner(FakeSweep.floods(scratch), LONG);
  }

  /** A program that is cut off has a signal for its end; half a line of its words is unknown. */
  @Override
  protected VirusScanner breaksOff() {
    String half = leftOut(Reason.ENCRYPTED, "x");
    return exits(leftOutCode(), half.substring(0, 4));
  }

  @Override
  protected VirusScanner missing() {
    return scanner(FakeSweep.missing(scratch), LONG);
  }

  @Override
  protected VirusScanner forbidden() {
    return scanner(FakeSweep.notExecutable(scratch), LONG);
  }

  @Override
  protected @Nullable VirusScanner cleanWithOldData() {
    String old = old();
    return old == null ? null : exits(0, old);
  }

  @Override
  protected void assertNothingIsLeft() {
    assertThat(ProcessTree.find(session())).isEmpty();
    for (Path program : programs) {
      assertThat(FakeProgram.survivors(program)).isEmpty();
    }
  }

  @Test
  void anExitCodeThatIsNoneOfItsOwnIsUnknown() {
    assertFails(exits(77, banner())).hasMessageContaining("exit code 77");
  }

  @Test
  void aProgramThatPrintsNoVersionIsHealthyAllTheSame() {
    assertThat(clean().health(session()).get(0).version()).isEmpty();
  }
}
