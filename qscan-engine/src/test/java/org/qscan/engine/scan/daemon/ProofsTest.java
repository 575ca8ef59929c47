package org.qscan.engine.scan.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.Verdict;
import org.qscan.engine.config.Address;
import org.qscan.engine.plain.Calibration;
import org.qscan.engine.plain.PlainForm;
import org.qscan.engine.plain.PlainGrammar;
import org.qscan.engine.scan.Alarms;
import org.qscan.engine.scan.CanaryRules;
import org.qscan.engine.scan.ProofReport;
import org.qscan.engine.scan.ScanInput;
import org.qscan.engine.scan.VerdictCache;
import org.qscan.engine.testing.FakeClamd;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.testing.ManualTicker;

/** When clamd is shown a plain message alone, and when with its leaves. */
class ProofsTest {

  private static final String OLD = "ClamAV 1.4.6/27500/Fri Nov 20 08:32:11 2026";
  private static final String NEW = "ClamAV 1.4.6/27501/Sat Nov 21 08:32:11 2026";
  private static final String RECEIVED = "Received: from a.example by b.example\n";
  private static final Duration LONG = Duration.ofMinutes(10);

  /**
   * For which a fake scanner is blind, and by which the marked leaf of {@link #mail} is reached.
   */
  private static final String PRODUCTION = "pair mixed: 7bit text -> base64 text";

  @TempDir Path scratch;
  private final ManualTicker time = new ManualTicker();
  private final Alarms alarms = new Alarms();
  private final ReadingEngine reading = new ReadingEngine();
  private final AtomicInteger shown = new AtomicInteger(); // but calibration mails
  private volatile Runnable whenShown = () -> {};
  private volatile boolean sampled;

  /** What is tried; all that ordinary mail has takes a while. */
  private Set<String> productions = form(CLEAN).all().and(form(OTHER).all()).names();

  private FakeClamd clamd = new FakeClamd("tcp:127.0.0.1:0", this::answer).is(OLD);

  @AfterEach
  void stop() {
    clamd.close();
  }

  private String answer(String subject, String data) throws IOException {
    if (!data.contains("a trial of the virus scanner")) {
      shown.incrementAndGet();
      whenShown.run();
    }
    return reading.scan(subject, data);
  }

  private CanaryRules rules(boolean confirm, boolean ignores) {
    return new CanaryRules(true, confirm, Duration.ofMinutes(1), ignores, false, alarms, time);
  }

  private DaemonScanner scanner() {
    return scanner(rules(true, false), new VerdictCache(0), true, "data");
  }

  private DaemonScanner scanner(
      CanaryRules rules, VerdictCache cache, boolean proportionate, String transfer) {
    List<Address> addresses = List.of(clamd.address());
    return DaemonScanner.clamd(
        new DaemonSettings("clamd.address", addresses, transfer, false),
        LONG,
        cache,
        rules,
        scratch,
        proportionate,
        new Proofs("clamd.address", rules, () -> sampled, () -> productions));
  }

  /** Two leaves, the second in base64. */
  private static String mail(String content) {
    return RECEIVED
        + "From: a@example.org\nMIME-Version: 1.0\n"
        + "Content-Type: multipart/mixed; boundary=\"=_a\"\n\n"
        + "--=_a\nContent-Type: text/plain\n\nHello.\n"
        + "--=_a\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"
        + Base64.getMimeEncoder(76, new byte[] {'\n'})
            .encodeToString(content.getBytes(StandardCharsets.ISO_8859_1))
        + "\n--=_a--\n";
  }

  private static final String OTHER =
      RECEIVED + "MIME-Version: 1.0\nContent-Type: text/plain\n\nHello.\n";
  private static final String CLEAN = mail("nothing");
  private static final String INFECTED = mail(Mails.eicar());

  private ScanInput input(String mail) {
    Path views = Path.of("/views");
    Path message = views.resolve("raw/1.eml");
    Map<Path, ByteBuffer> octets = new LinkedHashMap<>();
    byte[] whole = mail.getBytes(StandardCharsets.ISO_8859_1);
    octets.put(message, ByteBuffer.wrap(whole));
    List<String> leaves = ReadingEngine.leaves(mail);
    for (int i = 0; i < leaves.size(); i++) {
      octets.put(
          views.resolve("mime4j/" + (i + 1) + ".bin"),
          ByteBuffer.wrap(leaves.get(i).getBytes(StandardCharsets.ISO_8859_1)));
    }
    return ScanInput.inMemory(views, octets).withPlain(message, form(mail));
  }

  private static PlainForm form(String mail) {
    byte[] whole = mail.getBytes(StandardCharsets.ISO_8859_1);
    return Objects.requireNonNull(PlainGrammar.of(whole, whole.length).form());
  }

  private Verdict scan(DaemonScanner scanner, String mail) throws Exception {
    shown.set(0);
    return scanner.scan(input(mail), "session").verdict();
  }

  private DaemonScanner calibrated() throws Exception {
    DaemonScanner scanner = scanner();
    calibrate(scanner);
    return scanner;
  }

  private void calibrate(DaemonScanner scanner) throws Exception {
    Path session = scratch.resolve("session");
    if (!Files.exists(session)) {
      Files.createDirectory(session);
    }
    scanner.calibrate("session", LONG, true);
  }

  private static ProofReport report(DaemonScanner scanner) {
    assertThat(scanner.proofs()).hasSize(1);
    return scanner.proofs().get(0);
  }

  private void assertShownOnce(DaemonScanner scanner) throws Exception {
    assertThat(scan(scanner, CLEAN)).isEqualTo(new Verdict.Clean());
    assertThat(shown).hasValue(1);
  }

  private void assertShownWithItsLeaves(DaemonScanner scanner) throws Exception {
    assertThat(scan(scanner, CLEAN)).isEqualTo(new Verdict.Clean());
    assertThat(shown).hasValue(3);
  }

  @Test
  void aPlainMessageWhoseFormIsProvedIsShownOnce() throws Exception {
    DaemonScanner scanner = calibrated();
    assertThat(report(scanner).missing()).isEmpty();
    assertShownOnce(scanner);
    assertThat(scan(scanner, INFECTED))
        .isEqualTo(new Verdict.Infected(List.of(ReadingEngine.NAME)));
    assertThat(shown).hasValue(1);
    assertThat(scanner.plan(form(CLEAN)).get(0)).endsWith("once, as it came");
  }

  @Test
  void theSameByPath() throws Exception {
    DaemonScanner scanner = scanner(rules(true, false), new VerdictCache(0), true, "path");
    calibrate(scanner);
    assertThat(report(scanner).missing()).isEmpty();
    assertThat(report(scanner).sentence()).contains("(by path): plain mail is shown once");
    try (var left = Files.list(scratch.resolve("session"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void beforeItIsCalibratedAMessageGoesWithItsLeavesAndAsksForIt() throws Exception {
    DaemonScanner scanner = scanner();
    assertThat(scanner.wantsCalibration()).isFalse();
    assertShownWithItsLeaves(scanner);
    assertThat(scanner.wantsCalibration()).isTrue();
    assertThat(report(scanner).sentence()).contains("it was not calibrated yet");
  }

  @Test
  void withScanPlanEverythingNothingIsEverShownOnce() throws Exception {
    DaemonScanner scanner = scanner(rules(true, false), new VerdictCache(0), false, "data");
    calibrate(scanner);
    assertShownWithItsLeaves(scanner);
    assertThat(scanner.wantsCalibration()).isFalse();
    assertThat(scanner.proofs()).isEmpty();
  }

  @Test
  void aScannerThatIsBlindForOneProductionIsShownTheLeavesOfMailThatHasIt() throws Exception {
    reading.isBlindFor(PRODUCTION);
    DaemonScanner scanner = calibrated();
    assertThat(report(scanner).missing()).contains(PRODUCTION);
    assertThat(scanner.plan(form(INFECTED)).get(0)).contains(PRODUCTION);
    assertThat(scan(scanner, INFECTED))
        .isEqualTo(new Verdict.Infected(List.of(ReadingEngine.NAME)));
    assertThat(shown).hasValueGreaterThan(1);
    assertThat(scan(scanner, OTHER)).isEqualTo(new Verdict.Clean());
    assertThat(shown).hasValue(1);
  }

  /** For each production that ordinary mail has, a scanner that is blind for it. */
  @Test
  void whateverAScannerIsBlindForItsProofLacksIt() throws Exception {
    productions = Calibration.ordinary();
    List<String> names = new ArrayList<>(productions);
    int step = Integer.getInteger("proofs.step", 160); // 1: all of them, which takes minutes
    for (int i = 0; i < names.size(); i += step) {
      reading.isBlindFor(names.get(i));
      assertThat(report(calibrated()).missing()).as(names.get(i)).contains(names.get(i));
    }
  }

  @Test
  void aScannerThatFindsSomethingInEachMailProvesNothing() throws Exception {
    reading.findsEverything();
    DaemonScanner scanner = calibrated();
    assertThat(report(scanner).productions()).isZero();
  }

  @Test
  void anotherVersionOfItsDataEndsTheProof() throws Exception {
    DaemonScanner scanner = calibrated();
    assertShownOnce(scanner);
    clamd.is(NEW);
    assertThat(scan(scanner, CLEAN)).isEqualTo(new Verdict.Clean());
    assertThat(shown).hasValue(3);
    assertThat(report(scanner).why()).contains("27501");
    assertShownWithItsLeaves(scanner);
    calibrate(scanner);
    assertShownOnce(scanner);
  }

  @Test
  void whatWasAnsweredBeforeAReloadIsNotBelieved() throws Exception {
    DaemonScanner scanner = calibrated();
    // The new data make it blind, just before it looks at the message.
    whenShown =
        () -> {
          clamd.is(NEW);
          reading.isBlindFor(PRODUCTION);
        };
    assertThat(scan(scanner, INFECTED))
        .isEqualTo(new Verdict.Infected(List.of(ReadingEngine.NAME)));
    assertThat(shown).hasValueGreaterThan(1);
  }

  @Test
  void soItIsWhereCanariesAreOnlyPeriodic() throws Exception {
    DaemonScanner scanner = scanner(rules(false, false), new VerdictCache(0), true, "data");
    calibrate(scanner);
    assertShownOnce(scanner);
    whenShown =
        () -> {
          clamd.is(NEW);
          reading.isBlindFor(PRODUCTION);
        };
    assertThat(scan(scanner, INFECTED))
        .isEqualTo(new Verdict.Infected(List.of(ReadingEngine.NAME)));
  }

  @Test
  void anotherDaemonAtTheSameAddressHasProvedNothing() throws Exception {
    DaemonScanner scanner = calibrated();
    assertShownOnce(scanner);
    String address = clamd.address().toString();
    clamd.close();
    clamd = new FakeClamd(address, this::answer).is(OLD);
    reading.isBlindFor(PRODUCTION);
    assertThat(scan(scanner, INFECTED))
        .isEqualTo(new Verdict.Infected(List.of(ReadingEngine.NAME)));
    assertThat(report(scanner).made()).isNull();
  }

  @Test
  void afterAnHourItIsCalibratedAnew() throws Exception {
    DaemonScanner scanner = calibrated();
    time.advance(Duration.ofMinutes(54));
    assertShownOnce(scanner);
    assertThat(scanner.wantsCalibration()).isFalse();
    time.advance(Duration.ofMinutes(2));
    assertThat(scanner.wantsCalibration()).isTrue();
    assertShownOnce(scanner);
    time.advance(Duration.ofMinutes(5));
    assertShownWithItsLeaves(scanner);
    scanner.calibrate("session", LONG, false);
    assertShownOnce(scanner);
  }

  @Test
  void itIsCalibratedAtMostOnceAMinute() throws Exception {
    DaemonScanner scanner = calibrated();
    clamd.is(NEW);
    scan(scanner, CLEAN);
    assertThat(scanner.wantsCalibration()).isFalse();
    time.advance(ProofWatch.PAUSE);
    assertThat(scanner.wantsCalibration()).isTrue();
  }

  @Test
  void aDaemonThatDoesNotTellItsVersionProvesNothing() throws Exception {
    clamd.is("UNKNOWN COMMAND");
    DaemonScanner scanner = calibrated();
    assertThat(report(scanner).why()).contains("does not tell its version");
    assertShownWithItsLeaves(scanner);
  }

  @Test
  void dataThatChangeInTheMiddleOfACalibrationProveNothing() throws Exception {
    AtomicInteger mails = new AtomicInteger();
    clamd.answers((subject, data) -> {
      if (mails.incrementAndGet() == 3) {
        clamd.is(NEW);
      }
      return reading.scan(subject, data);
    });
    assertThat(report(calibrated()).why()).contains("in the middle of the calibration");
  }

  @Test
  void aLostCanaryEndsTheProof() throws Exception {
    DaemonScanner scanner = calibrated();
    clamd.lies(true);
    clamd.answers((subject, data) -> subject + ": OK");
    try {
      scan(scanner, CLEAN);
    } catch (org.qscan.engine.ScanFailure e) {
      assertThat(e).hasMessageContaining("EICAR");
    }
    assertThat(report(scanner).made()).isNull();
  }

  @Test
  void whatASampleFindsBesidesRevokesTheProofUntilTheNextCalibration() throws Exception {
    DaemonScanner scanner = calibrated();
    sampled = true;
    assertShownWithItsLeaves(scanner);
    assertThat(report(scanner).made()).isNotNull();
    reading.isBlindFor(PRODUCTION); // since then, and nothing tells
    assertThat(scan(scanner, INFECTED))
        .isEqualTo(new Verdict.Infected(List.of(ReadingEngine.NAME)));
    assertThat(report(scanner).made()).isNull();
    assertThat(alarms.current()).hasSize(1);
    assertThat(alarms.current().get(0)).contains("not found it in the message itself");
    // Even if it is calibrated anew and all is found, mail of that form is not trusted.
    sampled = false;
    reading.isBlindFor("");
    calibrate(scanner);
    assertShownWithItsLeaves(scanner);
    clamd.is(NEW);
    time.advance(ProofWatch.PAUSE);
    calibrate(scanner);
    assertShownOnce(scanner);
    assertThat(alarms.current()).isEmpty();
  }

  @Test
  void whereFindingsMayBeIgnoredOneIsNoReasonToLeaveOutTheLeaves() throws Exception {
    DaemonScanner scanner = scanner(rules(true, true), new VerdictCache(0), true, "data");
    calibrate(scanner);
    assertShownOnce(scanner);
    assertThat(scan(scanner, INFECTED))
        .isEqualTo(new Verdict.Infected(List.of(ReadingEngine.NAME)));
    assertThat(shown).hasValue(2); // the fake counts the leaf, EICAR itself, as a canary
  }

  @Test
  void whatIsNeitherCleanNorFoundIsAReasonToShowTheLeaves() throws Exception {
    DaemonScanner scanner = calibrated();
    clamd.answers((subject, data) -> {
      shown.incrementAndGet();
      return data.startsWith("Received: ")
          ? subject + ": Heuristics.Limits.Exceeded.MaxFiles FOUND"
          : reading.scan(subject, data);
    });
    assertThat(scan(scanner, INFECTED))
        .isEqualTo(new Verdict.Infected(List.of(ReadingEngine.NAME)));
    assertThat(shown).hasValue(2); // as above
  }

  @Test
  void aMessageWithoutReceivedInFrontGoesWithItsLeaves() throws Exception {
    DaemonScanner scanner = calibrated();
    assertThat(scan(scanner, CLEAN.substring(RECEIVED.length()))).isEqualTo(new Verdict.Clean());
    assertThat(shown).hasValue(3);
  }

  @Test
  void aMessageLargerThanWhatWasProvedGoesWithItsLeavesAndAsksForMore() throws Exception {
    DaemonScanner scanner = calibrated();
    String large = CLEAN.replace("Hello.\n", "Hello, this is a long text.\n".repeat(60_000));
    assertThat(scan(scanner, large)).isEqualTo(new Verdict.Clean());
    assertThat(shown).hasValue(3);
    time.advance(ProofWatch.PAUSE);
    assertThat(scanner.wantsCalibration()).isTrue();
    scanner.calibrate("session", LONG, false);
    assertThat(scan(scanner, large)).isEqualTo(new Verdict.Clean());
    assertThat(shown).hasValue(1);
  }

  @Test
  void aFormThatIsNotProvedIsTriedWithTheNextCalibration() throws Exception {
    DaemonScanner scanner = calibrated();
    String odd =
        CLEAN.replace(
            "--=_a\nContent-Type: text/plain\n\nHello.\n",
            "--=_a\nContent-Type: message/rfc822\n\nSubject: x\nMIME-Version: 1.0\n"
                + "Content-Type: multipart/report; boundary=\"=_b\"\n\n"
                + "--=_b\nContent-Type: message/rfc822\n\nSubject: x\n\nHello.\n--=_b--\n");
    assertThat(scan(scanner, odd)).isEqualTo(new Verdict.Clean());
    assertThat(shown).hasValue(3);
    time.advance(Duration.ofMinutes(56));
    scanner.calibrate("session", LONG, false);
    assertThat(scan(scanner, odd)).isEqualTo(new Verdict.Clean());
    assertThat(shown).hasValue(1);
  }

  @Test
  void whatWasSaidOfTheMessageAnswersForNoPartAndTheOtherWayRound() throws Exception {
    VerdictCache cache = new VerdictCache(100);
    DaemonScanner scanner = scanner(rules(true, false), cache, true, "data");
    assertShownWithItsLeaves(scanner); // the parts are kept
    assertThat(cache.figures().entries()).isEqualTo(2);
    calibrate(scanner);
    assertShownOnce(scanner);
    assertShownOnce(scanner); // and the message is not
    assertThat(cache.figures().entries()).isEqualTo(2);
  }

  @Test
  void whenNoPlainMailComesNoConnectionIsKeptOpen() throws Exception {
    DaemonScanner scanner = calibrated();
    assertShownOnce(scanner);
    scanner.lookAfterProofs();
    assertThat(report(scanner).made()).isNotNull();
    time.advance(Duration.ofMinutes(11));
    scanner.lookAfterProofs();
    assertThat(report(scanner).why()).contains("no plain mail");
  }

  @Test
  void theConnectionThatIsKeptTellsOfNewDataWithoutAMessage() throws Exception {
    DaemonScanner scanner = calibrated();
    clamd.is(NEW);
    for (int i = 0; report(scanner).made() != null; i++) {
      assertThat(i).isLessThan(60_000);
      scanner.lookAfterProofs();
      Thread.onSpinWait();
    }
    assertThat(report(scanner).why()).contains("27501");
  }
}
