package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.qmail.Call.Result;

/** A scanner in trouble is never taken for a clean message, and never survives it. */
@ParameterizedClass
@EnumSource(Front.class)
class ScannerTroubleIT {

  /** Below {@code scan.timeout}'s default, which applies unless a test waits for it. */
  private static final int SOON_MILLIS = 100_000;

  /** A time that is waited out: a scanner that hangs is met by it however busy the machine is. */
  private static final String HANGS = "2s";

  private final Site site;

  ScannerTroubleIT(Front front) throws IOException {
    site = Site.create(front);
  }

  @AfterEach
  void close() throws IOException {
    site.assertNothingIsLeft();
    site.close();
  }

  @Test
  void oneThatHangsIsKilled() throws IOException {
    site.set("scan.timeout", HANGS).sweep("exec sleep 600");
    assertThat(deferred()).contains("did not end within scan.timeout");
  }

  @Test
  void oneThatIgnoresTermIsKilled() throws IOException {
    site.set("scan.timeout", HANGS).sweep("trap '' TERM HUP INT QUIT; while :; do sleep 0.1; done");
    assertThat(deferred()).contains("did not end within scan.timeout");
  }

  @Test
  void grandchildrenOfOneThatHangsAreKilledWhereverTheyHide() throws IOException {
    site.set("scan.timeout", HANGS);
    site.sweep(
        """
        setsid sh -c 'trap "" TERM; (sleep 600 & sleep 600 & exec sleep 600) & exec sleep 600' &
        (setsid setsid sleep 600 </dev/null >/dev/null 2>&1 &)
        exec sleep 600
        """);
    assertThat(deferred()).contains("did not end within scan.timeout");
  }

  @Test
  void oneThatLeavesAGrandchildBehindHasNotSaidAll() throws IOException {
    site.sweep("setsid sleep 600 </dev/null >/dev/null 2>&1 & sleep 0.2");
    assertThat(deferred()).contains("left", "behind");
  }

  @Test
  void aGrandchildThatHoldsTheOutputOpenDoesNotHoldUpTheAnswer() throws IOException {
    site.sweep("setsid sleep 600 & exit 0");
    deferred();
  }

  @Test
  void oneThatPrintsAGigabyteIsStopped() throws IOException {
    site.sweep("exec perl -e 'my $x = \"Scanning\\n\" x 100_000; print $x for 1 .. 1200'");
    assertThat(deferred()).contains("printed more than");
  }

  @ParameterizedTest
  @ValueSource(strings = {"KILL", "SEGV", "TERM", "ABRT"})
  void oneThatDiesOfASignalHasNotAnswered(String signal) throws IOException {
    site.sweep("kill -" + signal + " $$");
    assertThat(deferred()).contains("died of signal");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 24, 99, 126, 127, 255})
  void anExitCodeWithoutTheTextThatGoesWithItIsUnknown(int code) throws IOException {
    site.sweep("exit " + code);
    deferred();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo 'All is well.'; exit 0",
        "echo \">>> Virus 'X' found in file y\"; exit 0",
        "echo 'No viruses were discovered.'; exit 3",
        "echo 'Could not open /x'; exit 0",
        "echo 'Segmentation fault' >&2; exit 0"
      })
  void textAndExitCodeThatDisagreeAreUnknown(String script) throws IOException {
    site.sweep(script);
    deferred();
  }

  @Test
  void oneThatIsMissingIsNamed() throws IOException {
    Files.delete(site.directory().resolve("sweep"));
    assertThat(deferred()).contains("sweep.program", "missing or not executable");
  }

  @Test
  void oneThatIsNotExecutableIsNamed() throws IOException {
    Files.setPosixFilePermissions(
        site.directory().resolve("sweep"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(deferred()).contains("sweep.program", "missing or not executable");
  }

  @Test
  void oneThatIsADirectoryIsNamed() throws IOException {
    site.set("sweep.program", site.queueDirectory());
    assertThat(deferred()).contains("sweep.program", "missing or not executable");
  }

  @Test
  void oneWithoutItsInterpreterIsNamed() throws IOException {
    Files.writeString(site.directory().resolve("sweep"), "#!/nonexistent/sh\n");
    assertThat(deferred()).contains("sweep.program", "could not be executed");
  }

  @Test
  void aFindingIsAFindingWhateverElseGoesWrong() throws IOException {
    Result result = site.call().message(Mail.eicar("x")).run();

    assertThat(result.exit()).isEqualTo(39);
    assertThat(result.logLine()).contains("verdict=infected", "threat=EICAR-AV-Test", "exit=39");
    assertThat(site.queued()).isEmpty();
  }

  @Test
  void ripmimeThatHangsCostsItsTimeAndTheOtherExtractorStillFindsIt() throws IOException {
    site.set("extract.timeout", "1s")
        .set("ripmime.program", site.script("ripmime", "cat >/dev/null; exec sleep 600"));

    Result result = site.call().message(Mail.eicar("x")).run();

    assertThat(result.exit()).as("%s", result).isEqualTo(39);
    assertThat(result.logLine()).contains("ripmime");
  }

  @Test
  void whereNoExtractorSucceedsTheMessageIsDeferred() throws IOException {
    site.set("extractors", "ripmime").set("ripmime.program", "/nonexistent/ripmime");
    assertThat(deferred()).contains("ripmime.program /nonexistent/ripmime");
  }

  /** The log line of a message that is answered with 99, soon, and is not queued. */
  private String deferred() throws IOException {
    Result result = site.call().run();
    assertThat(result.exit()).as("%s", result).isEqualTo(99);
    assertThat(result.millis()).as("milliseconds").isLessThan(SOON_MILLIS);
    assertThat(site.queued()).isEmpty();
    assertThat(result.logLine()).contains("verdict=failed", "exit=99");
    return result.logLine();
  }
}
