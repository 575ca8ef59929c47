package org.qscan.engine.scan.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.engine.Verdict;
import org.qscan.engine.Verdict.Reason;
import org.qscan.engine.config.Address;
import org.qscan.engine.scan.CanaryRules;
import org.qscan.engine.scan.Tally;
import org.qscan.engine.scan.VerdictCache;
import org.qscan.engine.scan.VirusScanner;
import org.qscan.engine.testing.FakeSavdi;

/** SAVDI over a Unix socket, which gets the data of each file. */
class SavdiContractTest extends DaemonContract {

  static final String FOUND_FIRST =
      "VIRUS "
          + FIRST
          + " /tmp/savid_tmpAbCdEf\r\nOK 0203 /tmp/savid_tmpAbCdEf\r\n"
          + "DONE OK 0203 Virus found during virus scan\r\n\r\n";

  String transfer() {
    return "data";
  }

  @Override
  protected String nextAddress() {
    return nextSocket();
  }

  @Override
  protected String key() {
    return "savdi.address";
  }

  @Override
  protected VirusScanner scanner(Duration timeout, String... addresses) {
    List<Address> places = new ArrayList<>();
    for (String address : addresses) {
      places.add(Address.of(address));
    }
    Map<String, String> options = new LinkedHashMap<>();
    options.put("GrpArchiveUnpack", "1");
    options.put("Mime", "1");
    return DaemonScanner.savdi(
        new DaemonSettings("savdi.address", places, transfer(), false),
        options,
        timeout,
        new VerdictCache(0),
        CanaryRules.none(time),
        Path.of("/"));
  }

  final FakeSavdi savdi(String address, FakeSavdi.Engine engine) {
    return kept(new FakeSavdi(address, engine));
  }

  final FakeSavdi savdi(FakeSavdi.Engine engine) {
    return savdi(nextAddress(), engine);
  }

  final VirusScanner scannerOf(FakeSavdi daemon) {
    return scanner(LONG, daemon.address().toString());
  }

  final VirusScanner saying(String answer) {
    return scannerOf(savdi((subject, data) -> answer));
  }

  /** Says this of the raw message, and clean of the rest. */
  final VirusScanner sayingOfTheRaw(String answer) {
    return scannerOf(
        savdi((subject, data) -> data.startsWith("Subject") ? answer : FakeSavdi.CLEAN));
  }

  @Override
  protected String startClean(String address) {
    return savdi(address, (subject, data) -> FakeSavdi.CLEAN).address().toString();
  }

  @Override
  protected String startInfected(String address) {
    return savdi(address, (subject, data) -> FOUND_FIRST).address().toString();
  }

  @Override
  protected String startWithoutVerdict(String address) {
    return savdi(address, (subject, data) -> "DONE FAIL 0228 Data being updated\r\n\r\n")
        .address()
        .toString();
  }

  @Override
  protected VirusScanner findsTwo() {
    return scannerOf(
        savdi((subject, data) ->
            data.startsWith("Subject") ? FOUND_FIRST : FOUND_FIRST.replace(FIRST, SECOND)));
  }

  @Override
  protected VirusScanner findsOneNested(String threat) {
    return saying(
        "VIRUS "
            + threat
            + " /tmp/savid_tmp/a%0D%0ADONE%20OK%200000%20x.zip/b%20c.exe\r\n"
            + "DONE OK 0203 Virus found during virus scan\r\n\r\n");
  }

  @Override
  protected VirusScanner unscannable(Reason reason) {
    return switch (reason) {
      case ENCRYPTED -> sayingOfTheRaw("DONE FAIL 0212 File was encrypted\r\n\r\n");
      case CORRUPT -> sayingOfTheRaw("FAIL 021A x\r\nDONE FAIL 021A File was corrupted\r\n\r\n");
      case LIMIT -> sayingOfTheRaw("DONE FAIL 0231 Scan aborted by AutoStop\r\n\r\n");
      default -> throw new IllegalArgumentException(reason.text());
    };
  }

  @Override
  protected VirusScanner findsOneBesideEncrypted() {
    return scannerOf(
        savdi((subject, data) ->
            data.startsWith("Subject")
                ? FOUND_FIRST
                : "DONE FAIL 0212 File was encrypted\r\n\r\n"));
  }

  @Override
  protected VirusScanner findsOneBesideUnreadable() {
    return scannerOf(
        savdi((subject, data) ->
            data.startsWith("Subject") ? FOUND_FIRST : "DONE FAIL 0210 Open failed\r\n\r\n"));
  }

  @Override
  protected VirusScanner saysSomethingNew() {
    return sayingOfTheRaw("WONDER 1 2\r\n" + FakeSavdi.CLEAN);
  }

  @Override
  protected VirusScanner findsButEndsClean() {
    return saying("VIRUS " + FIRST + " /tmp/x\r\n" + FakeSavdi.CLEAN);
  }

  @Override
  protected VirusScanner endsFoundWithoutFinding() {
    return saying("DONE OK 0203 Virus found during virus scan\r\n\r\n");
  }

  @Override
  protected VirusScanner cannotReadTheFiles() {
    return saying("FAIL 0210 x\r\nDONE FAIL 0210 Could not open item passed to SAVI\r\n\r\n");
  }

  private FakeSavdi sleeping() {
    return savdi((subject, data) -> {
      saysNothing();
      return FakeSavdi.CLEAN;
    });
  }

  @Override
  protected VirusScanner hangs(Duration timeout) {
    return scanner(timeout, sleeping().address().toString());
  }

  @Override
  protected VirusScanner answersTooLateOnce(Duration timeout) {
    AtomicInteger scans = new AtomicInteger();
    CountDownLatch late = new CountDownLatch(1);
    FakeSavdi daemon =
        savdi((subject, data) -> {
          if (scans.incrementAndGet() == 1) {
            time.advance(timeout);
            late.await();
            return FakeSavdi.CLEAN;
          }
          late.countDown(); // while this one is scanned
          return FOUND_FIRST;
        });
    return scanner(timeout, daemon.address().toString());
  }

  @Override
  protected VirusScanner dies() {
    return saying("");
  }

  @Override
  protected VirusScanner floods() {
    return saying("TYPE D0\r\n".repeat(300_000) + FakeSavdi.CLEAN);
  }

  @Override
  protected VirusScanner breaksOff() {
    return saying("DONE OK 00");
  }

  @Override
  protected VirusScanner cleanWithOldData() {
    return saying("DONE OK 021E Main virus data out of date\r\n\r\n");
  }

  // What only SAVDI says.

  @Test
  void oldDataAreAReasonOfTheirOwnAndMakeItUnhealthy() throws Exception {
    VirusScanner scanner = cleanWithOldData();
    assertThat(verdict(scanner)).isEqualTo(new Verdict.Unscannable(List.of(Reason.STALE_DATA)));
    assertThat(scanner.health(session()).get(0).failure()).contains("out of date");
  }

  @Test
  void everyCodeOfTheEngineGivesItsVerdictAndAllOthersNone() throws Exception {
    for (int code = 0; code < 0x700; code++) {
      String hex = String.format(Locale.ROOT, "%04X", code);
      for (String word : List.of("OK", "FAIL")) {
        SsspAnswer answer = new SsspAnswer();
        answer.add("DONE " + word + " " + hex + " text");
        Tally tally = new Tally();
        String verdict;
        try {
          answer.addTo(tally, "x");
          verdict = tally.finding().verdict().toString();
        } catch (java.net.ProtocolException | org.qscan.engine.ScanFailure e) {
          verdict = "unknown";
        }
        String expected =
            switch (word + " " + hex) {
              case "OK 0000" -> "Clean[]";
              case "OK 021E" -> "Unscannable[reasons=[STALE_DATA], rules=[]]";
              case "FAIL 0212" -> "Unscannable[reasons=[ENCRYPTED], rules=[]]";
              case "FAIL 021A" -> "Unscannable[reasons=[CORRUPT], rules=[]]";
              case "FAIL 0211", "FAIL 0225", "FAIL 0231" ->
                  "Unscannable[reasons=[LIMIT], rules=[]]";
              default -> "unknown";
            };
        assertThat(verdict).as(word + " " + hex).isEqualTo(expected);
      }
    }
  }

  @Test
  void theVerboseSampleOfSavdiTwoSixIsInfected() throws Exception {
    assertThat(
            verdict(
                sayingOfTheRaw(
                    """
                    EVENT FILE /tmp/savid_temporary
                    FILE /tmp/savid_temporary
                    TYPE D0
                    EVENT ARCHIVE /tmp/savid_temporary/AAAA0001
                    TYPE 60
                    EVENT VIRUS Mal/DummaFlu /tmp/savid_temporary/AAAA%20OF%20AAAA.zip/A.exe
                    VIRUS Mal/DummaFlu /tmp/savid_temporary/AAAA%20OF%20AAAA.zip/A.exe
                    OK 0203 /tmp/savid_temporary
                    DONE OK 0203 Virus found during virus scan

                    """)))
        .isEqualTo(new Verdict.Infected(List.of("Mal/DummaFlu")));
  }

  @Test
  void anEventOfAVirusWithoutTheVirusIsUnknown() {
    assertFails(saying("EVENT VIRUS A/B x\r\n" + FakeSavdi.CLEAN));
    assertFails(saying("OK 0203 x\r\n" + FakeSavdi.CLEAN));
    assertFails(saying("FAIL 0210 x\r\n" + FakeSavdi.CLEAN));
  }

  @Test
  void anEncryptedMemberCountsWhateverTheEndSays() throws Exception {
    assertThat(verdict(saying("FAIL 0212 x\r\n" + FakeSavdi.CLEAN)))
        .isEqualTo(new Verdict.Unscannable(List.of(Reason.ENCRYPTED)));
  }

  @Test
  void answersCutAnywhereMeanTheSame() throws Exception {
    AtomicInteger files = new AtomicInteger();
    FakeSavdi daemon =
        savdi((subject, data) -> files.incrementAndGet() % 2 == 0 ? FakeSavdi.CLEAN : FOUND_FIRST);
    VirusScanner scanner = scannerOf(daemon);
    for (int at = 1; at < FOUND_FIRST.length() + 20; at++) {
      daemon.cutsAt(at);
      assertThat(verdict(scanner)).as("cut at " + at).isEqualTo(infectedFirst());
    }
  }

  private static Verdict infectedFirst() {
    return new Verdict.Infected(List.of(FIRST));
  }

  @Test
  void everythingInSingleOctetsMeansTheSame() throws Exception {
    FakeSavdi daemon = savdi((subject, data) -> FOUND_FIRST).sendsPiecesOf(1);
    assertThat(verdict(scannerOf(daemon))).isEqualTo(infectedFirst());
    daemon.answers((subject, data) -> FakeSavdi.CLEAN);
    assertThat(verdict(scannerOf(daemon))).isEqualTo(new Verdict.Clean());
  }

  @Test
  void anAnswerBrokenOffAnywhereIsNeverClean() {
    for (int at = 0; at < FakeSavdi.CLEAN.length(); at++) {
      assertFails(saying(FakeSavdi.CLEAN.substring(0, at)));
    }
  }

  @Test
  void twoAnswersInOnePacketDoNotPassForThatToTheNextFile() throws Exception {
    AtomicInteger scans = new AtomicInteger();
    FakeSavdi daemon =
        savdi((subject, data) ->
            scans.incrementAndGet() == 1
                ? FakeSavdi.CLEAN + "ACC 1/2\r\n" + FakeSavdi.CLEAN
                : FOUND_FIRST);
    VirusScanner scanner = scannerOf(daemon);
    assertFails(scanner);
    assertThat(verdict(scanner)).isEqualTo(infectedFirst());
  }

  @Test
  void lineEndsMayBeOfEitherKind() throws Exception {
    assertThat(verdict(saying(FOUND_FIRST.replace("\r", "")))).isEqualTo(infectedFirst());
    assertThat(verdict(saying(FakeSavdi.CLEAN.replace("\r", "")))).isEqualTo(new Verdict.Clean());
  }

  @Test
  void oneSessionServesSeveralMessages() throws Exception {
    FakeSavdi daemon = savdi((subject, data) -> FakeSavdi.CLEAN);
    VirusScanner scanner = scannerOf(daemon);
    for (int i = 0; i < 10; i++) {
      assertThat(verdict(scanner)).isEqualTo(new Verdict.Clean());
    }
    assertThat(daemon.connections()).isEqualTo(1);
    assertThat(daemon.commands()).containsOnlyOnce("OPTIONS", "output: brief", "QUERY ENGINE");
    assertThat(daemon.commands()).contains("savigrp: GrpArchiveUnpack 1", "savists: Mime 1");
  }

  @Test
  void aRestartBetweenTwoMessagesIsNotNoticed() throws Exception {
    String address = nextAddress();
    FakeSavdi daemon = savdi(address, (subject, data) -> FakeSavdi.CLEAN);
    String bound = daemon.address().toString();
    VirusScanner scanner = scannerOf(daemon);
    assertThat(verdict(scanner)).isEqualTo(new Verdict.Clean());
    daemon.close();
    savdi(bound, (subject, data) -> FOUND_FIRST);
    assertThat(verdict(scanner)).isEqualTo(infectedFirst());
  }

  @Test
  void theDateOfItsDataIsThatOfTheNewestFile() throws Exception {
    FakeSavdi daemon = savdi((subject, data) -> FakeSavdi.CLEAN).hasDataOf("20261119");
    VirusScanner scanner = scannerOf(daemon);
    assertThat(scanner.dataDate()).isNull();
    verdict(scanner);
    assertThat(scanner.dataDate()).isEqualTo(Instant.parse("2026-11-19T00:00:00Z"));
    assertThat(scanner.health(session()).get(0).version())
        .isEqualTo("SAV Dynamic Interface 2.6.0, engine 3.98.2");
  }

  @Test
  void oneThatAnswersNoQueriesScansAllTheSame() throws Exception {
    VirusScanner scanner = scannerOf(savdi((subject, data) -> FOUND_FIRST).answersNoQueries());
    assertThat(verdict(scanner)).isEqualTo(infectedFirst());
    assertThat(scanner.dataDate()).isNull();
  }

  @Test
  void whatIsSaidOfEveryFileIsNotedOnce() throws Exception {
    assertThat(scan(cleanWithOldData()).notes()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"OK SSSP/2.0\r\n", "REJ 5\r\n", "OK SSSP/1.0 and more\r\n", "220 hello\r\n"})
  void aGreetingThatIsNotSsspsIsUnknown(String greeting) {
    FakeSavdi daemon = savdi((subject, data) -> FakeSavdi.CLEAN).greets(greeting);
    assertFails(scannerOf(daemon));
  }

  @Test
  void optionsThatAreNotTakenAreUnknown() {
    FakeSavdi daemon =
        savdi((subject, data) -> FakeSavdi.CLEAN)
            .answersOptions("DONE FAIL 020C Invalid option\r\n\r\n");
    assertFails(scannerOf(daemon)).hasMessageContaining("savdi.options");
  }

  @Test
  void aPlaceThatIsRejectedForAnyOtherReasonIsUnknown() {
    for (String rejection : List.of("REJ 1", "REJ 2", "REJ 3", "REJ 5", "REJ 6", "REJ", "NAK")) {
      assertFails(saying(rejection.startsWith("REJ") ? rejection + "\r\n" : "NAK\r\n\r\n"));
    }
  }

  @Test
  void anEmptyMessageIsScannedByADaemonThatIsThereOnly() throws Exception {
    Files.writeString(views.resolve("raw/1.eml"), "");
    Files.writeString(views.resolve("ripmime/2.doc"), "");
    assertThat(verdict(clean())).isEqualTo(new Verdict.Clean());
    assertFails(missing());
  }

  @Test
  void whatIsBrokenOffBetweenTwoMessagesIsGone() throws Exception {
    FakeSavdi daemon = sleeping();
    VirusScanner scanner = scanner(SHORT, daemon.address().toString());
    assertFails(scanner);
    daemon.answers((subject, data) -> FakeSavdi.CLEAN);
    assertThat(verdict(scanner)).isEqualTo(new Verdict.Clean());
  }
}
