package org.qscan.engine.scan.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.engine.Verdict;
import org.qscan.engine.Verdict.Reason;
import org.qscan.engine.config.Address;
import org.qscan.engine.scan.CanaryRules;
import org.qscan.engine.scan.Finding;
import org.qscan.engine.scan.FixedScanner;
import org.qscan.engine.scan.VerdictCache;
import org.qscan.engine.scan.VirusScanner;
import org.qscan.engine.testing.FakeClamd;
import org.qscan.engine.testing.FakeDaemon;

/** clamd over a Unix socket, which gets the data of each file. */
class ClamdContractTest extends DaemonContract {

  String transfer() {
    return "data";
  }

  @Override
  protected String nextAddress() {
    return nextSocket();
  }

  @Override
  protected String key() {
    return "clamd.address";
  }

  @Override
  protected VirusScanner scanner(Duration timeout, String... addresses) {
    List<Address> places = new ArrayList<>();
    for (String address : addresses) {
      places.add(Address.of(address));
    }
    return DaemonScanner.clamd(
        new DaemonSettings("clamd.address", places, transfer(), false),
        timeout,
        new VerdictCache(0),
        CanaryRules.none(time),
        Path.of("/"));
  }

  final FakeClamd clamd(FakeClamd.Engine engine) {
    return kept(new FakeClamd(nextAddress(), engine));
  }

  final VirusScanner scannerOf(FakeClamd daemon) {
    return scanner(LONG, daemon.address().toString());
  }

  /** Says this of everything, behind the subject. */
  final VirusScanner saying(String words) {
    return scannerOf(clamd((subject, data) -> subject + ": " + words));
  }

  /** Says one thing of the raw message, another of the rest. */
  final VirusScanner saying(String ofTheRaw, String ofTheRest) {
    return scannerOf(
        clamd((subject, data) ->
            subject + ": " + (data.startsWith("Subject") ? ofTheRaw : ofTheRest)));
  }

  private String start(String address, String words) {
    return kept(new FakeClamd(address, (subject, data) -> subject + ": " + words))
        .address()
        .toString();
  }

  @Override
  protected String startClean(String address) {
    return start(address, "OK");
  }

  @Override
  protected String startInfected(String address) {
    return start(address, FIRST + " FOUND");
  }

  @Override
  protected String startWithoutVerdict(String address) {
    return start(address, "Can't allocate memory ERROR");
  }

  @Test
  void whatClamdOfVersion103CallsTooMuchOfAMailIsALimit() throws Exception {
    assertThat(verdict(saying("Heuristics.Email.ExceedsMax.MaxMIMEParts FOUND", "OK")))
        .isEqualTo(new Verdict.Unscannable(List.of(Reason.LIMIT)));
  }

  @Override
  protected VirusScanner findsTwo() {
    return saying(FIRST + " FOUND", SECOND + " FOUND");
  }

  @Override
  protected VirusScanner findsOneNested(String threat) {
    return saying(threat + " FOUND", "OK");
  }

  @Override
  protected VirusScanner unscannable(Reason reason) {
    return switch (reason) {
      case ENCRYPTED -> saying("Heuristics.Encrypted.Zip FOUND", "OK");
      case LIMIT -> saying("Heuristics.Limits.Exceeded.MaxFileSize FOUND", "OK");
      // clamd has no words for a damaged file: the contract is kept by the two others.
      case CORRUPT -> FixedScanner.unscannable(Reason.CORRUPT);
      default -> throw new IllegalArgumentException(reason.text());
    };
  }

  @Override
  protected VirusScanner findsOneBesideEncrypted() {
    return saying(FIRST + " FOUND", "Heuristics.Encrypted.PDF FOUND");
  }

  @Override
  protected VirusScanner findsOneBesideUnreadable() {
    return scannerOf(
        clamd((subject, data) ->
            data.startsWith("Subject")
                ? subject + ": " + FIRST + " FOUND"
                : subject + (data.isEmpty() ? ": OK" : ": Access denied. ERROR")));
  }

  @Override
  protected VirusScanner saysSomethingNew() {
    return saying("PROBABLY", "OK");
  }

  @Override
  protected VirusScanner findsButEndsClean() {
    return saying(FIRST + " FOUND OK");
  }

  @Override
  protected VirusScanner endsFoundWithoutFinding() {
    return saying(" FOUND");
  }

  @Override
  protected VirusScanner cannotReadTheFiles() {
    return saying("Access denied. ERROR");
  }

  @Override
  protected VirusScanner hangs(Duration timeout) {
    FakeClamd daemon =
        clamd((subject, data) -> {
          saysNothing();
          return subject + ": OK";
        });
    return scanner(timeout, daemon.address().toString());
  }

  @Override
  protected VirusScanner answersTooLateOnce(Duration timeout) {
    AtomicInteger scans = new AtomicInteger();
    CountDownLatch late = new CountDownLatch(1);
    FakeClamd daemon =
        clamd((subject, data) -> {
          if (scans.incrementAndGet() == 1) {
            time.advance(timeout);
            late.await();
            return subject + ": OK";
          }
          late.countDown(); // while this one is scanned
          return subject + ": " + FIRST + " FOUND";
        });
    return scanner(timeout, daemon.address().toString());
  }

  @Override
  protected VirusScanner dies() {
    return scannerOf(clamd((subject, data) -> ""));
  }

  @Override
  protected VirusScanner floods() {
    return saying("x".repeat(3_000_000));
  }

  @Override
  protected VirusScanner breaksOff() {
    return scannerOf(clamd((subject, data) -> subject + ": OK").breaksOff());
  }

  /** clamd tells the date of its data, and does not judge it. */
  @Override
  protected @Nullable VirusScanner cleanWithOldData() {
    return null;
  }

  // What only clamd says.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "OK ",
        " OK",
        "ok",
        "OK\nOK",
        "FOUND",
        "X FOUND ",
        "X found",
        "X ERROR",
        "",
        "UNKNOWN",
        "INSTREAM size limit exceeded. ERROR",
        "Can't create temporary file ERROR",
        "OK ERROR"
      })
  void whatIsNeitherOkNorFoundIsUnknown(String words) {
    assertFails(saying(words));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "OK",
        "other: OK",
        "stream",
        "stream:OK",
        "STREAM: OK",
        "UNKNOWN COMMAND",
        "/etc/passwd: OK"
      })
  void anAnswerToSomethingElseIsUnknown(String text) {
    assertFails(scannerOf(clamd((subject, data) -> text)));
  }

  @Test
  void aSecondAnswerToOneCommandIsUnknown() {
    assertFails(scannerOf(clamd((subject, data) -> subject + ": OK\0" + "2: " + subject + ": OK")));
  }

  @Test
  void anAnswerToACommandThatWasNotSentIsUnknown() {
    assertFails(
        scannerOf(clamd((subject, data) -> subject + ": OK\0" + "99: " + subject + ": OK")));
    assertFails(scannerOf(clamd((subject, data) -> subject + ": OK\0" + subject + ": OK")));
    assertFails(
        scannerOf(clamd((subject, data) -> subject + ": OK\0" + "99999999999999999999: x: OK")));
  }

  @Test
  void theTimeOutOfItsOwnIsQuoted() {
    // Ends with a line feed whatever the command ended with.
    String daemon =
        holding(wire -> {
          wire.readTo('\0');
          wire.send("COMMAND READ TIMED OUT\n");
        });
    // Where clamd closes first, its last words may be lost on the way, which TCP permits.
    assertFails(scanner(LONG, daemon))
        .message()
        .matches("(?s).*(COMMAND READ TIMED OUT|reset|Broken pipe).*");
  }

  @Test
  void answersInAnotherOrderBelongToTheirCommands() throws Exception {
    FakeClamd daemon =
        clamd((subject, data) ->
                subject + ": " + (data.startsWith("Subject") ? FIRST + " FOUND" : "OK"))
            .answersBackwards();
    assertThat(verdict(scannerOf(daemon))).isEqualTo(new Verdict.Infected(List.of(FIRST)));
  }

  @Test
  void everythingInSingleOctetsMeansTheSame() throws Exception {
    FakeClamd daemon = clamd((subject, data) -> subject + ": " + FIRST + " FOUND").sendsPiecesOf(1);
    assertThat(verdict(scannerOf(daemon))).isEqualTo(new Verdict.Infected(List.of(FIRST)));
    daemon.answers((subject, data) -> subject + ": OK");
    assertThat(verdict(scannerOf(daemon))).isEqualTo(new Verdict.Clean());
  }

  @Test
  void everyFileIsSentAndAnsweredFor() throws Exception {
    for (int i = 0; i < 100; i++) {
      Files.writeString(views.resolve("ripmime/x" + i), "part " + i);
    }
    FakeClamd daemon =
        clamd((subject, data) ->
            subject + ": " + (data.equals("part 99") ? "Last.Part FOUND" : "OK"));
    assertThat(verdict(scannerOf(daemon))).isEqualTo(new Verdict.Infected(List.of("Last.Part")));
    assertThat(daemon.commands())
        .filteredOn(command -> command.startsWith("zINSTREAM") || command.startsWith("zSCAN"))
        .hasSize(103);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Can't parse data ERROR",
        "Can't unpack some data ERROR",
        "Bad format or broken data ERROR",
        "Exceeded max recursion depth ERROR",
        "Exceeded max scan size ERROR",
        "Exceeded max scan files ERROR"
      })
  void anErrorThatSpeaksOfTheFileIsALimitAndNeverDamage(String words) throws Exception {
    Finding finding = saying(words, "OK").scan(views, session());
    assertThat(finding.verdict()).isEqualTo(new Verdict.Unscannable(List.of(Reason.LIMIT)));
    assertThat(finding.limits()).singleElement().asString().endsWith(words);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Exceeded time limit ERROR",
        "Heuristics.Limits.Exceeded.MaxScanTime FOUND",
        "Can't allocate memory ERROR",
        "Can't create temporary file ERROR",
        "Can't map file into memory ERROR",
        "Can't read file ERROR",
        "Malformed database ERROR",
        "Unspecified error ERROR",
        "No such parse data ERROR"
      })
  void anErrorOfItsHostIsUnknown(String words) {
    assertFails(saying(words, "OK"));
  }

  @Test
  void aLimitIsNamedWithItsOption() throws Exception {
    Finding finding =
        saying("Heuristics.Limits.Exceeded.MaxFiles FOUND", "OK").scan(views, session());
    assertThat(finding.limits()).singleElement().asString().contains("clamd.conf (MaxFiles)");
  }

  @Test
  void aPartThatIsTooLongIsOverALimitAndTheOthersAreAskedAbout() throws Exception {
    Files.write(views.resolve("raw/1.eml"), new byte[40_000_000]);
    AtomicInteger sessions = new AtomicInteger();
    AtomicInteger others = new AtomicInteger();
    String daemon =
        holding((FakeDaemon.Wire wire) -> {
          wire.readTo('\0');
          int answered = 0;
          sessions.incrementAndGet();
          while (true) {
            String command = wire.readTo('\0');
            if (command.equals("zEND")) {
              return;
            }
            if (command.equals("zVERSION")) {
              wire.send(++answered + ": ClamAV 1.4.6\0");
              continue;
            }
            int length = ByteBuffer.wrap(wire.read(4)).getInt();
            if (length == 65536) {
              wire.send(++answered + ": INSTREAM size limit exceeded. ERROR\0");
              return;
            }
            for (; length > 0; length = ByteBuffer.wrap(wire.read(4)).getInt()) {
              wire.read(length);
            }
            others.incrementAndGet();
            wire.send(++answered + ": stream: OK\0");
          }
        });
    if (transfer().equals("data")) {
      Finding finding = scanner(LONG, daemon).scan(views, session());
      assertThat(finding.verdict()).isEqualTo(new Verdict.Unscannable(List.of(Reason.LIMIT)));
      assertThat(finding.limits())
          .singleElement()
          .asString()
          .contains("a part of 40000000 bytes", "StreamMaxLength");
      assertThat(sessions).hasValue(2);
      assertThat(others).hasValueGreaterThan(0);
    }
  }

  @Test
  void aDaemonThatStopsReadingIsUnknownIfItDoesNotSayThatItWasTooMuch() throws Exception {
    Files.write(views.resolve("raw/1.eml"), new byte[40_000_000]);
    String daemon =
        holding((FakeDaemon.Wire wire) -> {
          wire.readTo('\0');
          wire.readTo('\0');
          wire.send("1: ClamAV 1.4.6\0");
          wire.readTo('\0');
          wire.send("2: No space left on device. ERROR\0");
        });
    if (transfer().equals("data")) {
      assertFails(scanner(LONG, daemon)).hasMessageContaining("No space left on device");
    }
  }

  @Test
  void theDateOfItsDataStandsInItsVersion() throws Exception {
    FakeClamd daemon = clamd((subject, data) -> subject + ": OK");
    VirusScanner scanner = scannerOf(daemon);
    verdict(scanner);
    assertThat(scanner.dataDate()).isEqualTo(Instant.parse("2026-11-20T08:32:11Z"));
    for (String other :
        List.of("ClamAV 1.4.6", "ClamAV 1.4.6/0/", "UNKNOWN COMMAND", "a/b/c", "ClamAV 1/2/Thu")) {
      daemon.is(other);
      VirusScanner another = scannerOf(daemon);
      assertThat(verdict(another)).isEqualTo(new Verdict.Clean());
      assertThat(another.dataDate()).as(other).isNull();
    }
  }

  @Test
  void aDaemonThatSaysOkOfWhatItDidNotLookAtIsWarnedOf() {
    assertThat(clean().health(session()).get(0).warnings())
        .hasSize(2)
        .anyMatch(warning -> warning.contains("AlertEncrypted"))
        .anyMatch(warning -> warning.contains("AlertExceedsMax"));
    assertThat(saying("Heuristics.Encrypted.Zip FOUND").health(session()).get(0).warnings())
        .isEmpty();
  }
}
