package org.qscan.engine.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.Verdict;
import org.qscan.engine.Verdict.Reason;

/**
 * What every scanner does, whatever it speaks. A new one joins by passing this: it says how to make
 * its other side (a program, a daemon) behave in each of these ways.
 */
public abstract class ScannerContract {

  protected static final String FIRST = "W32/First-A";
  protected static final String SECOND = "Troj/Second-B";
  protected static final Duration SHORT = Duration.ofMillis(700);
  protected static final Duration LONG = Duration.ofSeconds(60);

  protected @TempDir Path scratch;

  /** The directory to scan: a raw message and two parts. */
  protected Path views = Path.of("/");

  @BeforeEach
  void makeViews() throws IOException {
    views = Files.createDirectory(scratch.resolve("views"));
    Files.createDirectory(views.resolve("raw"));
    Files.createDirectory(views.resolve("ripmime"));
    Files.writeString(views.resolve("raw/1.eml"), "Subject: x\n\nthe whole message\n");
    Files.writeString(views.resolve("ripmime/2.doc"), "the first part\n");
    Files.writeString(views.resolve("ripmime/3"), "");
  }

  @AfterEach
  void nothingIsLeft() {
    assertNothingIsLeft();
  }

  /** What every failure's message begins with: the key that the operator should look at. */
  protected abstract String key();

  protected abstract VirusScanner clean();

  /** Finds the first threat in one file and the second in another. */
  protected abstract VirusScanner findsTwo();

  /** Finds one threat, deep in an archive of which the sender has chosen the names. */
  protected abstract VirusScanner findsOneNested(String threat);

  protected abstract VirusScanner unscannable(Reason reason);

  /** Whether it is known how it says so. */
  protected boolean tells(Reason reason) {
    return true;
  }

  /** Finds the first threat, and says that another file is encrypted. */
  protected abstract VirusScanner findsOneBesideEncrypted();

  /** Finds the first threat, and cannot open another file. */
  protected abstract VirusScanner findsOneBesideUnreadable();

  protected abstract VirusScanner saysSomethingNew();

  /** Its text says that something was found, its status that nothing was. */
  protected abstract VirusScanner findsButEndsClean();

  /** Its status says that something was found, its text that nothing was. */
  protected abstract VirusScanner endsFoundWithoutFinding();

  protected abstract VirusScanner cannotReadTheFiles();

  protected abstract VirusScanner hangs(Duration timeout);

  /** Answers that all is clean, when nobody waits any more; and later scans at once. */
  protected abstract VirusScanner answersTooLateOnce(Duration timeout);

  protected abstract VirusScanner dies();

  protected abstract VirusScanner floods();

  /** Says half of what it would say of a clean message, and ends. */
  protected abstract VirusScanner breaksOff();

  protected abstract VirusScanner missing();

  protected abstract VirusScanner forbidden();

  /** Says that all is clean, with virus data that are out of date; null if it cannot say so. */
  protected abstract @Nullable VirusScanner cleanWithOldData();

  protected abstract void assertNothingIsLeft();

  protected final String session() {
    return "contract-" + scratch.getFileName();
  }

  protected final Finding scan(VirusScanner scanner) throws ScanFailure {
    return scanner.scan(views, session());
  }

  protected final Verdict verdict(VirusScanner scanner) throws ScanFailure {
    return scan(scanner).verdict();
  }

  protected final AbstractThrowableAssert<?, ? extends Throwable> assertFails(
      VirusScanner scanner) {
    return assertThatThrownBy(() -> scan(scanner))
        .isInstanceOf(ScanFailure.class)
        .hasMessageStartingWith(key() + " ");
  }

  private static Verdict infected(String... threats) {
    return new Verdict.Infected(List.of(threats));
  }

  @Test
  void cleanIsClean() throws Exception {
    Finding finding = scan(clean());
    assertThat(finding.verdict()).isEqualTo(new Verdict.Clean());
    assertThat(finding.notes()).isEmpty();
  }

  @Test
  void everyThreatIsNamed() throws Exception {
    assertThat(((Verdict.Infected) verdict(findsTwo())).threats())
        .containsExactlyInAnyOrder(FIRST, SECOND);
  }

  @Test
  void aThreatInAnArchiveIsAThreat() throws Exception {
    assertThat(verdict(findsOneNested(FIRST))).isEqualTo(infected(FIRST));
  }

  @ParameterizedTest
  @EnumSource(names = {"ENCRYPTED", "CORRUPT", "LIMIT"})
  void whatCannotBeLookedIntoIsUnscannableForItsReason(Reason reason) throws Exception {
    if (tells(reason)) {
      assertThat(verdict(unscannable(reason))).isEqualTo(new Verdict.Unscannable(List.of(reason)));
    } else {
      assertFails(unscannable(reason));
    }
  }

  @Test
  void aThreatOutweighsAnEncryptedFile() throws Exception {
    Finding finding = scan(findsOneBesideEncrypted());
    assertThat(finding.verdict()).isEqualTo(infected(FIRST));
    assertThat(finding.reasons()).containsExactly(Reason.ENCRYPTED);
  }

  @Test
  void aThreatStandsWhateverElseCouldNotBeScannedAndTheGapIsTold() throws Exception {
    Finding finding = scan(findsOneBesideUnreadable());
    assertThat(finding.verdict()).isEqualTo(infected(FIRST));
    assertThat(finding.gaps()).hasSize(1);
  }

  @Test
  void wordsNobodyKnowsAreUnknown() {
    assertFails(saysSomethingNew());
  }

  @Test
  void aFindingThatEndsCleanIsUnknown() {
    assertFails(findsButEndsClean());
  }

  @Test
  void anEndWithAFindingThatWasNeverNamedIsUnknown() {
    assertFails(endsFoundWithoutFinding());
  }

  @Test
  void filesThatItMayNotReadAreUnknown() {
    assertFails(cannotReadTheFiles());
  }

  @Test
  void oneThatHangsIsUnknownWhenTheTimeIsOver() {
    long start = System.nanoTime();
    assertFails(hangs(SHORT));
    assertThat(System.nanoTime() - start).isLessThan(Duration.ofMinutes(2).toNanos());
  }

  @Test
  void anAnswerThatComesTooLateIsNoneAndTheNextMessageIsUntouched() throws Exception {
    VirusScanner scanner = answersTooLateOnce(SHORT);
    assertFails(scanner);
    assertThat(verdict(scanner)).isEqualTo(infected(FIRST));
    assertThat(verdict(scanner)).isEqualTo(infected(FIRST));
  }

  @Test
  void oneThatDiesIsUnknown() {
    assertFails(dies());
  }

  @Test
  void oneThatFloodsUsIsUnknown() {
    assertFails(floods());
  }

  @Test
  void halfAnAnswerIsUnknown() {
    assertFails(breaksOff());
  }

  @Test
  void oneThatIsMissingIsUnknownAndSoSaysItsHealth() {
    assertFails(missing());
    assertUnhealthy(missing());
  }

  @Test
  void oneThatMayNotBeUsedIsUnknownAndSoSaysItsHealth() {
    assertFails(forbidden());
    assertUnhealthy(forbidden());
  }

  private void assertUnhealthy(VirusScanner scanner) {
    assertThat(scanner.health(session()))
        .isNotEmpty()
        .allSatisfy(health -> assertThat(health.failure()).isNotNull().startsWith(key()));
  }

  @Test
  void oneThatIsThereIsHealthy() {
    assertThat(clean().health(session()))
        .hasSize(1)
        .allSatisfy(health -> assertThat(health.failure()).isNull());
  }

  @Test
  void oldVirusDataAreTold() throws Exception {
    VirusScanner scanner = cleanWithOldData();
    if (scanner != null) {
      Finding finding = scan(scanner);
      assertThat(finding.threats()).isEmpty();
      assertThat(finding.notes()).anyMatch(note -> note.contains("virus data are out of date"));
    }
  }
}
