package org.qscan.engine.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.Verdict;
import org.qscan.engine.config.Address;
import org.qscan.engine.scan.daemon.DaemonScanner;
import org.qscan.engine.scan.daemon.DaemonSettings;
import org.qscan.engine.scan.program.ProgramScanner;
import org.qscan.engine.scan.program.ProgramSettings;
import org.qscan.engine.testing.FakeClamd;
import org.qscan.engine.testing.FakeProgram;
import org.qscan.engine.testing.FakeSavdi;
import org.qscan.engine.testing.FakeSweep;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.time.Ticker;

/** A scanner that answers "clean" to everything is not believed. */
class CanaryTest {

  private static final String SESSION = FakeProgram.session();
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path work;
  private Path views;
  private final Alarms alarms = new Alarms();
  private final List<String> told = new CopyOnWriteArrayList<>();

  @BeforeEach
  void aMessage() throws IOException {
    views = Files.createDirectories(work.resolve(SESSION).resolve("views"));
    Files.createDirectories(views.resolve("raw"));
    Files.writeString(views.resolve("raw/1.eml"), "Subject: x\n\nhello\n");
    alarms.listen((begins, sentence) -> told.add((begins ? "ALARM " : "over ") + sentence));
  }

  private CanaryRules rules(boolean confirm, boolean findingsToo) {
    return new CanaryRules(true, confirm, LONG, findingsToo, true, alarms, Ticker.SYSTEM);
  }

  private VirusScanner clamd(String transfer, boolean findingsToo, Address... addresses) {
    return DaemonScanner.clamd(
        new DaemonSettings("clamd.address", List.of(addresses), transfer, true),
        LONG,
        new VerdictCache(100),
        rules(true, findingsToo),
        work);
  }

  private VirusScanner savdi(String transfer, Address address) {
    return DaemonScanner.savdi(
        new DaemonSettings("savdi.address", List.of(address), transfer, true),
        Map.of(),
        LONG,
        new VerdictCache(0),
        rules(true, false),
        work);
  }

  private String socket(String name) {
    return "unix:" + work.resolve(name);
  }

  private Verdict verdict(VirusScanner scanner) throws ScanFailure {
    return scanner.scan(views, SESSION).verdict();
  }

  private List<String> left() throws IOException {
    try (Stream<Path> files = Files.walk(work.resolve(SESSION))) {
      return files.map(Path::toString).filter(name -> name.contains("canary")).toList();
    }
  }

  @Test
  void aClamdThatSaysOkToEverythingIsNeverBelieved() throws Exception {
    for (String transfer : List.of("data", "path")) {
      try (FakeClamd clamd = new FakeClamd(socket(transfer), (subject, data) -> subject + ": OK")) {
        VirusScanner scanner = clamd(transfer, false, clamd.address());
        assertThat(verdict(scanner)).isEqualTo(new Verdict.Clean());
        clamd.lies(true);
        assertThatThrownBy(() -> verdict(scanner))
            .isInstanceOf(ScanFailure.class)
            .hasMessageContaining("clamd.address " + clamd.address())
            .hasMessageContaining("did not find the EICAR test file")
            .hasMessageContaining("TemporaryDirectory");
        assertThat(scanner.health(SESSION).get(0).failure()).contains("EICAR");
        assertThat(scanner.tryCanary(SESSION, LONG)).hasSize(1);
        assertThat(alarms.current()).hasSize(1);
        clamd.lies(false);
        assertThat(verdict(scanner)).isEqualTo(new Verdict.Clean());
        assertThat(scanner.tryCanary(SESSION, LONG)).isEmpty();
        assertThat(alarms.current()).isEmpty();
        assertThat(left()).isEmpty();
      }
    }
    assertThat(told).hasSize(4);
  }

  @Test
  void aSavdiThatSaysOkToEverythingIsNeverBelieved() throws Exception {
    for (String transfer : List.of("data", "path")) {
      try (FakeSavdi savdi = new FakeSavdi(socket(transfer), (subject, data) -> FakeSavdi.CLEAN)) {
        VirusScanner scanner = savdi(transfer, savdi.address());
        assertThat(verdict(scanner)).isEqualTo(new Verdict.Clean());
        savdi.lies(true);
        assertThatThrownBy(() -> verdict(scanner))
            .hasMessageContaining("savdi.address " + savdi.address())
            .hasMessageContaining("did not find the EICAR test file");
        savdi.lies(false);
        assertThat(verdict(scanner)).isEqualTo(new Verdict.Clean());
        assertThat(left()).isEmpty();
      }
    }
  }

  /** Out of order from the middle of the message on. */
  @Test
  void aScannerThatGoesBlindWithinTheMessageIsNotBelieved() {
    FakeClamd[] self = new FakeClamd[1];
    try (FakeClamd clamd =
        new FakeClamd(
            socket("blind"),
            (subject, data) -> {
              self[0].lies(true);
              return subject + ": OK";
            })) {
      self[0] = clamd;
      VirusScanner scanner = clamd("data", false, clamd.address());
      assertThatThrownBy(() -> verdict(scanner)).hasMessageContaining("did not find the EICAR");
    }
  }

  @Test
  void theNextAddressAnswersWhereOneIsBlind() throws Exception {
    try (FakeClamd blind = new FakeClamd(socket("a"), (subject, data) -> subject + ": OK");
        FakeClamd sees = new FakeClamd(socket("b"), (subject, data) -> subject + ": X FOUND")) {
      blind.lies(true);
      VirusScanner scanner = clamd("data", false, blind.address(), sees.address());
      assertThat(verdict(scanner)).isEqualTo(new Verdict.Infected(List.of("X")));
      assertThat(blind.commands()).as("it is shown no mail").doesNotContain("zINSTREAM");
    }
  }

  @Test
  void aFindingNeedsNoCanaryBehindItUnlessFindingsMayBeIgnored() throws Exception {
    try (FakeClamd clamd =
        new FakeClamd(socket("found"), (subject, data) -> subject + ": X FOUND")) {
      verdict(clamd("data", false, clamd.address()));
      assertThat(clamd.canaries()).as("the one in front").isEqualTo(1);
      verdict(clamd("data", true, clamd.address()));
      assertThat(clamd.canaries()).isEqualTo(3);
    }
  }

  @Test
  void whatABlindScannerSaidOfAPartIsNotKept() throws Exception {
    Path part = Files.createDirectories(views.resolve("mime4j")).resolve("2.com");
    Files.writeString(part, "infected, in truth");
    FakeClamd[] self = new FakeClamd[1];
    FakeClamd.Engine engine =
        (subject, data) -> {
          self[0].lies(true);
          return subject + ": OK";
        };
    try (FakeClamd clamd = new FakeClamd(socket("kept"), engine)) {
      self[0] = clamd;
      VirusScanner scanner = clamd("data", false, clamd.address());
      assertThatThrownBy(() -> verdict(scanner)).isInstanceOf(ScanFailure.class);
      clamd.lies(false);
      clamd.answers(
          (subject, data) -> subject + (data.contains("infected") ? ": X FOUND" : ": OK"));
      assertThat(verdict(scanner)).isEqualTo(new Verdict.Infected(List.of("X")));
    }
  }

  /** A gap or a finding beside it, and so nobody has asked for a canary. */
  @Test
  void whatABlindScannerSaidBesideAGapOrAFindingIsNotKept() throws Exception {
    Path parts = Files.createDirectories(views.resolve("mime4j"));
    Files.writeString(parts.resolve("2.com"), "infected, in truth");
    Files.writeString(parts.resolve("3.zip"), "archive");
    for (String other : List.of("Can't create temporary directory ERROR", "Y FOUND")) {
      FakeClamd.Engine engine =
          (subject, data) -> subject + ": " + (data.equals("archive") ? other : "OK");
      try (FakeClamd clamd = new FakeClamd(socket("beside" + other.length()), engine)) {
        VirusScanner scanner = clamd("data", false, clamd.address());
        try {
          verdict(scanner);
        } catch (ScanFailure e) {
          assertThat(e).hasMessageContaining("Can't create");
        }
        clamd.answers(
            (subject, data) -> subject + (data.contains("infected") ? ": X FOUND" : ": OK"));
        Files.writeString(parts.resolve("3.zip"), "another archive");
        assertThat(verdict(scanner)).isEqualTo(new Verdict.Infected(List.of("X")));
        Files.writeString(parts.resolve("3.zip"), "archive");
      }
    }
  }

  @Test
  void theFileMayBeReadByWhoeverMayReadTheMailAndSaysWhatItIs() throws Exception {
    List<String> seen = new ArrayList<>();
    FakeClamd.Engine engine =
        (subject, data) -> {
          Path file = Path.of(subject);
          seen.add(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(file))
                  + " "
                  + PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent()))
                  + " "
                  + file.getFileName());
          return subject + ": X FOUND";
        };
    try (FakeClamd clamd = new FakeClamd(socket("rights"), engine)) {
      clamd.lies(true); // its engine is asked
      assertThat(clamd("path", false, clamd.address()).tryCanary(SESSION, LONG)).isEmpty();
      assertThat(seen).containsExactly("rw-r----- rwxr-x--- qscan-canary-eicar-test-file");
    }
  }

  @Test
  void aClamdThatMayNotReadTheFileIsOut() throws Exception {
    try (FakeClamd clamd =
        new FakeClamd(
            socket("denied"),
            (subject, data) -> subject + ": File path check failure: Permission denied. ERROR")) {
      clamd.lies(true);
      assertThat(clamd("path", false, clamd.address()).tryCanary(SESSION, LONG).get(0))
          .contains("Permission denied");
    }
  }

  @Test
  void aSavdiThatPermitsNoPathsIsShownTheCanaryAsData() throws Exception {
    FakeSavdi.Engine engine =
        (subject, data) -> subject.startsWith("/tmp/savid_tmp") ? FakeSavdi.CLEAN : "REJ 5\r\n";
    try (FakeSavdi savdi = new FakeSavdi(socket("auto"), engine)) {
      savdi.lies(true);
      VirusScanner scanner = savdi("auto", savdi.address());
      assertThatThrownBy(() -> verdict(scanner))
          .hasMessageContaining("(by data) did not find the EICAR test file");
    }
  }

  // --- canary=periodic, and another daemon than before

  private VirusScanner periodicClamd(Address address) {
    return DaemonScanner.clamd(
        new DaemonSettings("clamd.address", List.of(address), "data", true),
        LONG,
        new VerdictCache(0),
        rules(false, false),
        work);
  }

  private VirusScanner periodicSavdi(Address address) {
    return DaemonScanner.savdi(
        new DaemonSettings("savdi.address", List.of(address), "data", true),
        Map.of(),
        LONG,
        new VerdictCache(0),
        rules(false, false),
        work);
  }

  private static FakeSavdi savdi(String address) {
    return new FakeSavdi(address, (subject, data) -> FakeSavdi.CLEAN);
  }

  private static FakeClamd clamd(String address) {
    return new FakeClamd(address, (subject, data) -> subject + ": OK");
  }

  @Test
  void atIntervalsItIsShownAtTheFirstConnectionAndNotWithEachMessage() throws Exception {
    try (FakeSavdi savdi = savdi(socket("s"));
        FakeClamd clamd = clamd(socket("c"))) {
      VirusScanner one = periodicSavdi(savdi.address());
      VirusScanner other = periodicClamd(clamd.address());
      for (int i = 0; i < 3; i++) {
        verdict(one);
        verdict(other);
      }
      assertThat(savdi.canaries()).isEqualTo(1);
      assertThat(clamd.canaries()).isEqualTo(1);
    }
  }

  /** By TCP: the connection that was kept tells of it. */
  @Test
  void aSavdiThatWasRestartedIsNotBelievedBeforeItFindsTheCanary() throws Exception {
    for (String where : List.of(socket("again"), "tcp:127.0.0.1:0")) {
      FakeSavdi first = savdi(where);
      VirusScanner scanner = periodicSavdi(first.address());
      assertThat(verdict(scanner)).isEqualTo(new Verdict.Clean());
      first.close();
      try (FakeSavdi second = savdi(first.address().toString())) {
        second.lies(true);
        assertThatThrownBy(() -> verdict(scanner)).hasMessageContaining("did not find the EICAR");
        assertThat(second.commands()).as("it is shown no mail").hasSizeLessThan(8);
      }
    }
  }

  /** It closes each connection when it is asked something in it for the second time. */
  @Test
  void aSavdiThatBrokeOffWithinTheConversationIsShownTheCanaryFirst() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (FakeSavdi savdi =
        new FakeSavdi(
            socket("breaks"),
            (subject, data) -> asked.incrementAndGet() == 2 ? "" : FakeSavdi.CLEAN)) {
      VirusScanner scanner = periodicSavdi(savdi.address());
      verdict(scanner);
      verdict(scanner);
      assertThat(asked).as("one message, and the other one twice").hasValue(3);
      assertThat(savdi.canaries()).isEqualTo(2);
    }
  }

  /** Each message has a connection of its own, so only the socket tells of it. */
  @Test
  void aClamdThatMadeItsSocketAnewIsNotBelievedBeforeItFindsTheCanary() throws Exception {
    FakeClamd first = clamd(socket("clamd"));
    VirusScanner scanner = periodicClamd(first.address());
    assertThat(verdict(scanner)).isEqualTo(new Verdict.Clean());
    first.close();
    try (FakeClamd second = clamd(socket("clamd"))) {
      second.lies(true);
      assertThatThrownBy(() -> verdict(scanner)).hasMessageContaining("did not find the EICAR");
      assertThat(second.commands()).as("it is shown no mail").doesNotContain("zINSTREAM");
    }
  }

  // --- programs

  private ProgramScanner sweep(Path program) {
    return ProgramScanner.sweep(
        new ProgramSettings(program, List.of("-f"), Map.of("SAV_IDE", work.toString())),
        LONG,
        new VerdictCache(0),
        rules(true, false),
        work);
  }

  @Test
  void aProgramMustFindTheCanaryBeforeItIsShownMail() throws Exception {
    Path program = FakeSweep.clean(work);
    FakeProgram.isBlind(program);
    ProgramScanner scanner = sweep(program);
    assertThatThrownBy(() -> verdict(scanner))
        .hasMessageContaining("sweep.program " + program)
        .hasMessageContaining("did not find the EICAR test file");
    assertThat(alarms.current()).hasSize(1);
    assertThat(scanner.health(SESSION).get(0).failure()).contains("EICAR");
    FakeProgram.sees(program);
    assertThat(verdict(scanner)).isEqualTo(new Verdict.Clean());
    assertThat(alarms.current()).isEmpty();
    assertThat(left()).isEmpty();
  }

  @Test
  void aProgramIsShownItOnceAnHourWhateverProcessUsesIt() throws Exception {
    Path program = FakeSweep.clean(work);
    for (int i = 0; i < 3; i++) {
      assertThat(verdict(sweep(program))).isEqualTo(new Verdict.Clean());
    }
    assertThat(FakeProgram.canaries(program)).isEqualTo(1);
    assertThat(work.resolve(".canary").toFile().list()).containsExactly("sweep");
    Files.writeString(work.resolve(".canary/sweep"), "nonsense");
    verdict(sweep(program));
    assertThat(FakeProgram.canaries(program)).isEqualTo(2);
    String note = Files.readString(work.resolve(".canary/sweep"));
    long hourAgo = System.currentTimeMillis() - Duration.ofMinutes(61).toMillis();
    Files.writeString(work.resolve(".canary/sweep"), hourAgo + note.substring(note.indexOf(' ')));
    verdict(sweep(program));
    assertThat(FakeProgram.canaries(program)).isEqualTo(3);
  }

  @Test
  void aProgramIsShownItAgainWhenItsDataChange() throws Exception {
    Path program = FakeSweep.clean(work);
    verdict(sweep(program));
    Files.write(work.resolve("new.ide"), "x".getBytes(StandardCharsets.US_ASCII));
    verdict(sweep(program));
    assertThat(FakeProgram.canaries(program)).isEqualTo(2);
    FakeProgram.isBlind(program);
    Files.write(work.resolve("broken.ide"), "x".getBytes(StandardCharsets.US_ASCII));
    assertThatThrownBy(() -> verdict(sweep(program))).hasMessageContaining("EICAR");
    assertThatThrownBy(() -> verdict(sweep(program))).hasMessageContaining("EICAR");
  }

  @Test
  void aSharedRunNeedsItAsWell() {
    Path program = FakeSweep.clean(work);
    FakeProgram.isBlind(program);
    BatchOpinions opinions =
        sweep(program).scanTogether(views, List.of(views.resolve("raw")), SESSION);
    assertThat(opinions.of(views.resolve("raw")).kind()).isEqualTo(BatchOpinion.OpinionKind.FAILED);
    assertThat(opinions.why()).contains("EICAR");
  }

  // --- the test file itself

  @Test
  void itIsEicar() {
    assertThat(new String(Canary.octets(), StandardCharsets.ISO_8859_1)).isEqualTo(Mails.eicar());
  }

  @Test
  void itDoesNotStandInAnyOfOurClasses() throws Exception {
    Path classes =
        Path.of(Canary.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertThat(text.contains(Mails.eicar().substring(20))).as(file.toString()).isFalse();
      }
    }
  }
}
