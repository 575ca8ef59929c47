package org.qscan.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qscan.engine.Verdict.Reason;
import org.qscan.engine.process.ProcessTree;
import org.qscan.engine.testing.Engines;
import org.qscan.engine.testing.FakeProgram;
import org.qscan.engine.testing.FakeSweep;
import org.qscan.engine.testing.JavaProgram;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.testing.Outcomes;
import org.qscan.engine.testing.RealPrograms;
import org.qscan.engine.testing.Until;

/** Whole messages through the engine, with real ripMIME and a sweep that is a real child. */
class ScanSessionTest {

  private static final String CRASHES_RIPMIME = "=??B?\"\n\n";
  private static final Verdict CLEAN = new Verdict.Clean();
  private static final Verdict EICAR = new Verdict.Infected(List.of(FakeSweep.THREAT));

  @TempDir Path directory;
  private Path work = Path.of("/");
  private final List<String> ids = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void makeWorkDirectory() throws IOException {
    RealPrograms.require("ripmime");
    work = Files.createDirectory(directory.resolve("work"));
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    // A collector whose messages have gone looks at its ticket once more before it goes as well.
    Until.holds("nothing is left", () -> sessions().isEmpty());
    for (String id : ids) {
      assertThat(ProcessTree.find(id)).isEmpty();
    }
  }

  /** What is in the work directory but for the rooms of the gate. */
  private List<String> sessions() throws IOException {
    List<String> names = new ArrayList<>();
    for (Path room : List.of(work, work.resolve(".live"), work.resolve(".gate"))) {
      if (Files.exists(room)) {
        try (Stream<Path> entries = Files.list(room)) {
          entries.map(path -> path.getFileName().toString()).forEach(names::add);
        }
      }
    }
    names.removeAll(List.of(".live", ".gate", ".canary", "draw.lock"));
    return names;
  }

  private ScanEngine engine(Path sweep, String... settings) throws ScanFailure {
    return ScanEngine.of(Engines.config(work, sweep, settings));
  }

  private ScanReport scan(ScanEngine engine, String mail) throws ScanFailure {
    try (ScanSession session = engine.open()) {
      ids.add(session.id());
      session.receive(Mails.stream(mail));
      return Outcomes.report(session.scan());
    }
  }

  private ScanReport scan(Path sweep, String mail, String... settings) throws ScanFailure {
    return scan(engine(sweep, settings), mail);
  }

  private static ScanFailure failure(ThrowingCallable scan) {
    return Objects.requireNonNull(catchThrowableOfType(ScanFailure.class, scan));
  }

  /** Each time it is a message within a multipart. */
  @Test
  void aMessageThatWasForwardedFortyTimesIsClean() throws Exception {
    String head = "From: a@example.org\nSubject: x\nMIME-Version: 1.0\n";
    String mail = head + Mails.text("hi");
    for (int i = 0; i < 40; i++) {
      mail = head + Mails.body("b" + i, "Content-Type: message/rfc822\n\n" + mail);
    }
    ScanReport report = scan(FakeSweep.clean(directory), mail);
    assertThat(report.verdict()).isEqualTo(CLEAN);
    assertThat(report.facts().notes()).isEmpty();
  }

  /** The kernel takes longer for a file than the readers for what is in it. */
  @Test
  void aPartIsWrittenWhereASweepFindsItAndNowhereElse() throws Exception {
    Path sweep =
        FakeProgram.write(
            directory, "sweep", "for last; do :; done; ls -A \"$last/..\" >>\"$HERE/ls\"; exit 0");
    String mail = Mails.multipart(Mails.text("hi"), Mails.attachment("", "content"));
    ScanReport report = scan(sweep, mail, "extractors=mime4j,generous");
    assertThat(report.verdict()).isEqualTo(CLEAN);
    assertThat(Files.readAllLines(sweep.resolveSibling("ls")))
        .contains("views")
        .doesNotContain("mime4j");
  }

  // A message that writes itself.

  @Test
  void aMessageThatWritesItselfIsReceivedAsAnyOther() throws Exception {
    byte[] mail = Mails.octets(Mails.plain("x".repeat(300_000)));
    try (ScanSession session = engine(FakeSweep.clean(directory)).open()) {
      session.receive(out -> {
        out.write(mail[0]);
        out.write(mail, 1, mail.length - 1);
      });
      assertThat(session.directory().resolve("views/raw/1.eml")).hasBinaryContent(mail);
      assertThat(Outcomes.report(session.scan()).verdict()).isEqualTo(CLEAN);
      assertThat(session.facts().size()).isEqualTo(mail.length);
    }
  }

  @Test
  void aMessageThatCannotWriteItselfToItsEndIsNoMessage() throws Exception {
    try (ScanSession session = engine(FakeSweep.clean(directory)).open()) {
      InputStream follower = session.follow();
      ScanFailure failure =
          failure(() ->
              session.receive(out -> {
                out.write(Mails.octets("Subject: half"));
                throw new IOException("the store is gone");
              }));
      assertThat(failure)
          .hasMessageContaining("cannot read the message")
          .hasMessageContaining("the store is gone");
      session.breakOff();
      assertThatThrownBy(follower::readAllBytes).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aFullDiskIsNotTakenForTheSendersFaultNorHiddenByHim() throws Exception {
    ScanSession session = engine(FakeSweep.clean(directory)).open();
    session.close(); // nothing can be written any more
    ScanSession.Source swallows =
        out -> {
          try {
            out.write(new byte[1 << 20]);
            out.flush();
          } catch (IOException e) {
            // As a mail library might.
          }
        };
    assertThat(failure(() -> session.receive(swallows))).hasMessageContaining("cannot write");
  }

  @Test
  void whoCannotWaitAsLongAsTheGateNeedNot() throws Exception {
    Path sweep = FakeSweep.waits(directory);
    ScanEngine engine = engine(sweep, "gate.slots=1");
    CompletableFuture<ScanReport> first =
        CompletableFuture.supplyAsync(() -> {
          try {
            return scan(engine, Mails.plain("first"));
          } catch (ScanFailure e) {
            throw new AssertionError(e);
          }
        });
    Until.holds("the slot is taken", () -> !FakeProgram.lines(sweep, "journal").isEmpty());
    try (ScanSession session = engine.open()) {
      session.receive(Mails.stream(Mails.plain("second")));
      assertThat(failure(() -> Outcomes.report(session.scan(Duration.ofMillis(200)))))
          .hasMessageContaining(
              "no free slot within gate.patience 60s (59800ms of it had passed before)");
    }
    FakeSweep.letGo(sweep);
    assertThat(first.get(120, TimeUnit.SECONDS).verdict()).isEqualTo(CLEAN);
  }

  @Test
  void healthNamesWhatKeepsMessagesFromBeingScanned() throws Exception {
    ScanEngine engine = engine(FakeSweep.clean(directory));
    assertThat(engine.health().failures()).isEmpty();
    ScanEngine broken =
        engine(FakeSweep.missing(directory), "ripmime.program=" + directory, "extractors=ripmime");
    assertThat(broken.health().failures())
        .satisfiesExactly(
            ripmime -> assertThat(ripmime).startsWith("ripmime.program").endsWith("is not a file"),
            sweep -> assertThat(sweep).startsWith("sweep.program").contains("does not exist"));
  }

  // Verdicts.

  @Test
  void aCleanMessageIsClean() throws Exception {
    assertThat(scan(FakeSweep.clean(directory), Mails.plain("hello")).verdict()).isEqualTo(CLEAN);
  }

  @Test
  void anInfectedAttachmentIsFoundInEveryView() throws Exception {
    String mail = Mails.multipart(Mails.attachment("filename=\"eicar.com\"", Mails.eicar()));
    Path sweep = FakeSweep.findsEicar(directory);
    assertThat(scan(sweep, mail).verdict()).isEqualTo(EICAR);
    assertThat(scan(sweep, mail, "extractors=ripmime").verdict()).isEqualTo(EICAR);
    assertThat(scan(sweep, mail, "extractors=mime4j").verdict()).isEqualTo(EICAR);
    assertThat(scan(sweep, Mails.plain(Mails.eicar())).verdict()).isEqualTo(EICAR);
    assertThat(scan(sweep, Mails.plain("harmless")).verdict()).isEqualTo(CLEAN);
  }

  @Test
  void whatNoExtractorCanReadIsScannedAsItIs() throws Exception {
    Path sweep = FakeSweep.findsEicar(directory);
    assertThat(scan(sweep, "Subject: no blank line\nX: " + Mails.eicar()).verdict())
        .isEqualTo(EICAR);
    assertThat(scan(sweep, CRASHES_RIPMIME + Mails.eicar()).verdict()).isEqualTo(EICAR);
  }

  @Test
  void anEncryptedPartIsUnscannable() throws Exception {
    Path sweep = FakeSweep.exits(directory, 2, "Password protected file /a/b.zip/c\n");
    assertThat(scan(sweep, Mails.plain("x")).verdict())
        .isEqualTo(new Verdict.Unscannable(List.of(Reason.ENCRYPTED)));
  }

  private static final String TWO_BOUNDARIES =
      "Subject: two\nContent-Type: multipart/mixed; boundary=a; boundary=b\n\n"
          + "--a\n\nx\n--b\n\ny\n--b--\n--a--\n";

  @Test
  void whatReadersWouldNotAgreeAboutIsUnscannableAndSaysByWhichRule() throws Exception {
    ScanReport report = scan(FakeSweep.clean(directory), TWO_BOUNDARIES);
    assertThat(report.verdict())
        .isEqualTo(new Verdict.Unscannable(List.of(Reason.MIME), List.of("boundary-conflict")));
    assertThat(((Verdict.Unscannable) report.verdict()).texts())
        .containsExactly("mime:boundary-conflict");
    assertThat(report.facts().notes()).containsExactly("mime: boundary-conflict in line 2");
  }

  @Test
  void whatReadersWouldNotAgreeAboutIsOnlyNotedWhereTheSiteWantsThat() throws Exception {
    Path sweep = FakeSweep.clean(directory);
    for (String setting : List.of("mime.mode=monitor", "mime.rules=boundary-conflict:note")) {
      ScanReport report = scan(sweep, TWO_BOUNDARIES, setting);
      assertThat(report.verdict()).isEqualTo(CLEAN);
      assertThat(report.facts().notes()).containsExactly("mime: boundary-conflict in line 2");
    }
  }

  @Test
  void aThreatOutweighsWhatReadersWouldNotAgreeAbout() throws Exception {
    String mail = TWO_BOUNDARIES.replace("x\n", Mails.eicar() + "\n");
    assertThat(scan(FakeSweep.findsEicar(directory), mail).verdict()).isEqualTo(EICAR);
  }

  @Test
  void theReportHasWhatWasSeen() throws Exception {
    String mail =
        Mails.multipart(Mails.text("hello"), Mails.attachment("filename=\"a \n\u00e9.doc\"", "x"));
    Facts facts = scan(FakeSweep.takes(directory, Duration.ofMillis(300)), mail).facts();
    assertThat(facts.id()).isEqualTo(ids.get(0));
    assertThat(facts.size()).isEqualTo(mail.length());
    assertThat(facts.parts()).isGreaterThanOrEqualTo(4);
    assertThat(facts.names()).isNotEmpty();
    assertThat(facts.timings().scan().toMillis()).isGreaterThanOrEqualTo(250);
    assertThat(facts.timings().total().toMillis())
        .isGreaterThanOrEqualTo(
            facts.timings().receive().toMillis()
                + facts.timings().extract().toMillis()
                + facts.timings().waiting().toMillis()
                + 250);
    assertThat(facts.notes()).containsExactly("mime: header-broken in line 14"); // the name's
  }

  @Test
  void anEmptyMessageIsScanned() throws Exception {
    Facts facts = scan(FakeSweep.clean(directory), "").facts();
    assertThat(facts.size()).isZero();
  }

  @Test
  void sweepSeesOnlyNamesOfOurs() throws Exception {
    String mail =
        Mails.multipart(
            Mails.attachment(
                "filename*=utf-8''x%0A%3E%3E%3E%20Virus%20'Forged'%20found%20in%20file%20y", "x"),
            Mails.attachment("filename=\"../../evil.exe\"", "x"),
            Mails.attachment("filename=\"-eec\"", "x"));
    Path sweep = FakeSweep.records(directory);
    scan(sweep, mail);
    assertThat(FakeSweep.files(sweep))
        .hasSizeGreaterThan(7)
        .allMatch(name ->
            name.matches("\\.(/(raw|ripmime|mime4j|generous)(/[0-9]+(\\.[a-z0-9]{1,5})?)?)?"));
    assertThat(FakeSweep.arguments(sweep))
        .last()
        .asString()
        .isEqualTo(work.toRealPath() + "/" + ids.get(0) + "/views");
  }

  // Failures.

  @Test
  void aBrokenScannerIsAFailureAndTheFactsAreStillThere() throws Exception {
    try (ScanSession session = engine(FakeSweep.exits(directory, 77, "")).open()) {
      session.receive(Mails.stream(Mails.plain("x")));
      assertThat(failure(() -> Outcomes.report(session.scan())))
          .hasMessageContaining("exit code 77");
      assertThat(session.facts().size()).isPositive();
      assertThat(session.facts().id()).isEqualTo(session.id());
      assertThat(session.facts().notes()).anyMatch(note -> note.contains("exit code 77"));
    }
  }

  @Test
  void aHangingScannerIsAFailureAndItsSlotIsFreeAgain() throws Exception {
    Path hangs = FakeSweep.hangs(directory);
    assertThat(failure(() -> scan(hangs, Mails.plain("x"), "gate.slots=1", "scan.timeout=500ms")))
        .hasMessageContaining("did not end within");
    assertThat(scan(FakeSweep.clean(directory), Mails.plain("x"), "gate.slots=1").verdict())
        .isEqualTo(CLEAN);
  }

  @Test
  void aMessageThatCannotBeReadIsAFailureAndItsFollowersMeetAnError() throws Exception {
    InputStream broken =
        new FilterInputStream(Mails.stream(Mails.plain("x"))) {
          private int reads;

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            if (++reads > 1) {
              throw new IOException("connection reset");
            }
            return super.read(bytes, offset, length);
          }
        };
    InputStream follower;
    try (ScanSession session = engine(FakeSweep.clean(directory)).open()) {
      ids.add(session.id());
      follower = session.follow();
      assertThat(failure(() -> session.receive(broken)))
          .hasMessage("cannot read the message: connection reset");
    }
    try (follower) {
      assertThatThrownBy(follower::readAllBytes)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("before it was complete");
    }
  }

  @Test
  void followersReadTheMessageAsItArrives() throws Exception {
    try (ScanSession session = engine(FakeSweep.clean(directory)).open()) {
      try (InputStream first = session.follow();
          InputStream second = session.follow()) {
        session.receive(Mails.stream(Mails.plain("hello")));
        assertThat(first.readAllBytes()).isEqualTo(Mails.octets(Mails.plain("hello")));
        assertThat(second.readNBytes(5)).hasSize(5);
      }
      assertThat(Outcomes.report(session.scan()).verdict()).isEqualTo(CLEAN);
    }
  }

  @Test
  void afterBreakingOffFollowersMeetAnError() throws Exception {
    try (ScanSession session = engine(FakeSweep.clean(directory)).open();
        InputStream follower = session.follow()) {
      session.breakOff();
      assertThatThrownBy(follower::read).isInstanceOf(IOException.class);
    }
  }

  // Extraction.

  @Test
  void aCrashOfOneExtractorIsNotedAndTheOtherCounts() throws Exception {
    ScanReport report = scan(FakeSweep.clean(directory), CRASHES_RIPMIME);
    assertThat(report.verdict()).isEqualTo(CLEAN);
    assertThat(report.facts().notes())
        .first()
        .asString()
        .contains("ripmime")
        .contains("died of signal 11");
  }

  @Test
  void aCrashDefersWhereThePolicySaysSo() {
    assertThat(
            failure(
                () -> scan(FakeSweep.clean(directory), CRASHES_RIPMIME, "extract.failure=defer")))
        .hasMessageStartingWith("extract.failure=defer: ripmime.program")
        .hasMessageContaining("died of signal 11");
  }

  @Test
  void aCrashOfTheOnlyExtractorIsAFailure() {
    assertThat(
            failure(() -> scan(FakeSweep.clean(directory), CRASHES_RIPMIME, "extractors=ripmime")))
        .hasMessageContaining("no extractor succeeded")
        .hasMessageContaining("died of signal 11");
  }

  private static final String HURTS_RIPMIME =
      "Content-Type: text/plain" + ";a".repeat(44_000) + "\n\nbody\n";

  @Test
  void whatWouldOnlyHurtRipmimeIsForTheOtherReaders() throws Exception {
    Path sweep = FakeSweep.clean(directory);
    ScanReport report = scan(sweep, HURTS_RIPMIME);
    assertThat(report.verdict()).isEqualTo(CLEAN);
    assertThat(report.facts().notes()).first().asString().startsWith("ripmime was not run");

    Verdict limit = new Verdict.Unscannable(List.of(Reason.LIMIT));
    ScanReport alone = scan(sweep, HURTS_RIPMIME, "extractors=ripmime");
    assertThat(alone.verdict()).isEqualTo(limit);
    assertThat(alone.facts().limits()).first().asString().contains("semicolons");
    assertThat(scan(sweep, HURTS_RIPMIME, "extract.failure=defer").verdict()).isEqualTo(limit);
  }

  /** Front ends tell senders which limits; where our files are is not for them. */
  @Test
  void ofAScannersLimitTheFactsTellNoPath() throws Exception {
    String bomb = "Aborted checking /secret/2.zip - appears to be a 'zip bomb'";
    ScanReport report = scan(FakeSweep.exits(directory, 2, bomb), Mails.plain("x"));
    assertThat(report.verdict()).isEqualTo(new Verdict.Unscannable(List.of(Reason.LIMIT)));
    assertThat(report.facts().limits()).containsExactly("a limit of the virus scanner");
    assertThat(report.facts().notes()).anyMatch(note -> note.contains("/secret/2.zip"));
  }

  @Test
  void ripmimeThatUsesMoreCpuThanTheMessageMayIsEndedAndThatIsTheMessagesFault() throws Exception {
    Path sweep = FakeSweep.clean(directory);
    Path ripmime = FakeProgram.write(directory, "ripmime", "cat >/dev/null; while :; do :; done");
    String program = "ripmime.program=" + ripmime;
    ScanReport report = scan(sweep, Mails.plain("x"), program);
    assertThat(report.verdict()).isEqualTo(CLEAN);
    assertThat(report.facts().notes()).first().asString().contains("more CPU time", "500 ms");
    assertThat(scan(sweep, Mails.plain("x"), program, "extractors=ripmime").verdict())
        .isEqualTo(new Verdict.Unscannable(List.of(Reason.LIMIT)));
    assertThat(FakeProgram.survivors(ripmime)).isEmpty();
  }

  @Test
  void missingRipmimeIsAFailureWhateverThePolicy() {
    assertThatThrownBy(() ->
            scan(
                FakeSweep.clean(directory),
                Mails.plain("x"),
                "extract.failure=continue",
                "ripmime.program=/no/such/ripmime"))
        .isInstanceOf(ScanFailure.class)
        .hasMessageContaining("/no/such/ripmime");
  }

  @Test
  void hangingRipmimeIsNotedAndTheOtherCounts() throws Exception {
    Path ripmime = FakeProgram.write(directory, "ripmime", "setsid sleep 300 & sleep 300");
    ScanReport report =
        scan(
            FakeSweep.clean(directory),
            Mails.plain("x"),
            "extract.timeout=3s", // enough for the other
            "ripmime.program=" + ripmime);
    assertThat(report.verdict()).isEqualTo(CLEAN);
    assertThat(report.facts().notes()).first().asString().contains("did not end within");
    assertThat(FakeProgram.survivors(ripmime)).isEmpty();
  }

  // Limits.

  @Test
  void aMessageOverALimitIsUnscannable() throws Exception {
    Verdict limit = new Verdict.Unscannable(List.of(Reason.LIMIT));
    Path sweep = FakeSweep.clean(directory);
    String large = Mails.multipart(Mails.attachment("filename=\"a.b\"", "x".repeat(300_000)));
    String part = Mails.attachment("filename=\"a.b\"", "x");
    assertThat(
            scan(sweep, Mails.multipart(part, part, part, part), "extract.max-parts=2").verdict())
        .isEqualTo(limit);
    assertThat(scan(sweep, Mails.nested(5), "extract.max-depth=3").verdict()).isEqualTo(limit);
    assertThat(scan(sweep, large, "extract.max-bytes=100KiB").verdict()).isEqualTo(limit);
    assertThat(scan(sweep, large, "extract.max-bytes=100KiB", "extractors=ripmime").verdict())
        .isEqualTo(limit);
    assertThat(scan(sweep, large, "extract.max-bytes=100KiB", "extractors=mime4j").verdict())
        .isEqualTo(limit);
  }

  /** One made it over the limit, the other had no time to: the message is over the limit. */
  @Test
  void aBombThatAlsoHoldsUpRipmimeIsUnscannable() throws Exception {
    Path ripmime = FakeProgram.write(directory, "ripmime", "sleep 300");
    String part = Mails.attachment("filename=\"a.b\"", "x");
    String[] settings = {"extract.max-parts=2", "extract.timeout=3s", "ripmime.program=" + ripmime};
    String mail = Mails.multipart(part, part, part, part);
    assertThat(scan(FakeSweep.clean(directory), mail, settings).verdict())
        .isEqualTo(new Verdict.Unscannable(List.of(Reason.LIMIT)));
  }

  @Test
  void aFindingInABombIsAFinding() throws Exception {
    String part = Mails.attachment("filename=\"a.b\"", Mails.eicar());
    String mail = Mails.multipart(part, part, part, part);
    assertThat(scan(FakeSweep.findsEicar(directory), mail, "extract.max-parts=2").verdict())
        .isEqualTo(EICAR);
  }

  @Test
  void aLimitAndAnEncryptedPartAreTwoReasons() throws Exception {
    String mail = Mails.nested(5);
    Path sweep = FakeSweep.exits(directory, 2, "Password protected file /a/b.zip/c\n");
    assertThat(scan(sweep, mail, "extract.max-depth=3").verdict())
        .isEqualTo(new Verdict.Unscannable(List.of(Reason.ENCRYPTED, Reason.LIMIT)));
  }

  // The gate.

  @Test
  void receivingTakesNoSlot() throws Exception {
    ScanEngine engine = engine(FakeSweep.clean(directory), "gate.slots=1", "gate.patience=60s");
    List<ScanSession> receiving = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ScanSession session = engine.open();
      receiving.add(session);
      session.receive(Mails.stream(Mails.plain("x")));
    }
    assertThat(scan(engine, Mails.plain("y")).verdict()).isEqualTo(CLEAN);
    for (ScanSession session : receiving) {
      assertThat(Outcomes.report(session.scan()).verdict()).isEqualTo(CLEAN);
      session.close();
    }
  }

  @Test
  void patienceThatIsOverIsAFailure() throws Exception {
    Path sweep = FakeSweep.waits(directory);
    ScanEngine engine = engine(sweep, "gate.slots=1", "gate.patience=300ms");
    CompletableFuture<Verdict> first = inBackground(engine);
    Until.holds("the first scans", () -> sessions().size() == 4);
    assertThat(failure(() -> scan(engine, Mails.plain("x"))))
        .hasMessageContaining("gate.patience 300ms");
    FakeSweep.letGo(sweep);
    assertThat(first.get(120, TimeUnit.SECONDS)).isEqualTo(CLEAN);
  }

  private CompletableFuture<Verdict> inBackground(ScanEngine engine) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return scan(engine, Mails.plain("x")).verdict();
          } catch (ScanFailure e) {
            throw new IllegalStateException(e);
          }
        },
        task -> new Thread(task).start());
  }

  @Test
  void manyMessagesAtOnceAreAllAnsweredAndNeverMoreThanTheLimitScanned() throws Exception {
    Path sweep = FakeSweep.takes(directory, Duration.ofMillis(100));
    ScanEngine engine = engine(sweep, "gate.slots=3", "batch.max-messages=1");
    List<CompletableFuture<Verdict>> all = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      all.add(inBackground(engine));
    }
    for (CompletableFuture<Verdict> one : all) {
      assertThat(one.get(120, TimeUnit.SECONDS)).isEqualTo(CLEAN);
    }
    assertThat(FakeSweep.mostAtOnce(sweep)).isBetween(2, 3);
    assertThat(FakeProgram.pids(sweep)).hasSize(30);
  }

  // Closing.

  @Test
  void closingFromAnotherThreadEndsTheScan() throws Exception {
    Path sweep = FakeSweep.leavesGrandchildOutOfTheGroup(directory);
    ScanSession session = engine(sweep).open();
    ids.add(session.id());
    session.receive(Mails.stream(Mails.plain("x")));
    CompletableFuture<Throwable> ended =
        CompletableFuture.supplyAsync(
            () -> failure(() -> Outcomes.report(session.scan())), task -> new Thread(task).start());
    Until.holds("sweep runs", () -> FakeProgram.survivors(sweep).size() >= 2);
    session.close();
    assertThat(FakeProgram.survivors(sweep)).isEmpty();
    assertThat(sessions()).isEmpty();
    assertThat(ended.get(120, TimeUnit.SECONDS)).isInstanceOf(ScanFailure.class);
    assertThat(FakeProgram.survivors(sweep)).isEmpty();
  }

  @Test
  void closingWhileWaitingForASlotLeavesNothing() throws Exception {
    Path sweep = FakeSweep.waits(directory);
    ScanEngine engine = engine(sweep, "gate.slots=1", "batch.max-messages=1");
    CompletableFuture<Verdict> first = inBackground(engine);
    Until.holds("the first scans", () -> sessions().size() == 4);
    ScanSession waiting = engine.open();
    ids.add(waiting.id());
    waiting.receive(Mails.stream(Mails.plain("x")));
    CompletableFuture<String> answer =
        CompletableFuture.supplyAsync(
            () -> waiting.scan().word(), task -> new Thread(task).start());
    Until.holds("the second waits", () -> sessions().size() == 8);
    waiting.close();
    assertThat(sessions()) // who is told to terminate ends at once, whatever others are at
        .noneMatch(file -> file.toString().contains(waiting.id()));
    FakeSweep.letGo(sweep);
    assertThat(first.get(120, TimeUnit.SECONDS)).isEqualTo(CLEAN);
    assertThat(answer.get(120, TimeUnit.SECONDS)).isEqualTo("failed");
  }

  @Test
  void aSessionThatIsGivenUpWaitsForASlotNoLonger() throws Exception {
    Path sweep = FakeSweep.waits(directory);
    ScanEngine engine = engine(sweep, "gate.slots=1", "batch.max-messages=1");
    CompletableFuture<Verdict> first = inBackground(engine);
    Until.holds("the first scans", () -> sessions().size() == 4);
    try (ScanSession waiting = engine.open()) {
      ids.add(waiting.id());
      waiting.receive(Mails.stream(Mails.plain("x")));
      CompletableFuture<Verdict> second =
          CompletableFuture.supplyAsync(() -> scan(waiting), task -> new Thread(task).start());
      Until.holds("the second waits", () -> sessions().size() == 8);
      waiting.giveUp();
      assertThatThrownBy(() -> second.get(120, TimeUnit.SECONDS))
          .hasMessageContaining("the session was closed while it waited for a slot");
    }
    FakeSweep.letGo(sweep);
    assertThat(first.get(120, TimeUnit.SECONDS)).isEqualTo(CLEAN);
  }

  @Test
  void whoClosesWaitsAlsoWhereInterrupted() throws Exception {
    Path sweep = FakeSweep.waits(directory);
    ScanEngine engine = engine(sweep, "gate.slots=1", "batch.max-messages=1");
    CompletableFuture<Verdict> first = inBackground(engine);
    Until.holds("the first scans", () -> sessions().size() == 4);
    List<ScanSession> waiting = new ArrayList<>();
    List<CompletableFuture<Verdict>> answers = new ArrayList<>();
    for (int i = 1; i <= 8; i++) { // the last of them looks five times a second
      ScanSession session = engine.open();
      waiting.add(session);
      ids.add(session.id());
      session.receive(Mails.stream(Mails.plain("x")));
      answers.add(
          CompletableFuture.supplyAsync(() -> scan(session), task -> new Thread(task).start()));
      int files = 4 + 4 * i;
      Until.holds("it waits", () -> sessions().size() == files);
    }
    Thread.currentThread().interrupt();
    waiting.get(7).close();
    assertThat(Thread.interrupted()).as("the interrupt is not lost").isTrue();
    assertThat(sessions()).noneMatch(file -> file.toString().contains(waiting.get(7).id()));
    waiting.forEach(ScanSession::giveUp);
    waiting.forEach(ScanSession::close);
    assertThat(answers).allSatisfy(one -> assertThat(one).failsWithin(Duration.ofSeconds(60)));
    FakeSweep.letGo(sweep);
    assertThat(first.get(120, TimeUnit.SECONDS)).isEqualTo(CLEAN);
  }

  private static Verdict scan(ScanSession session) {
    try {
      return Outcomes.report(session.scan()).verdict();
    } catch (ScanFailure e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** A client that hangs up: at any instant, with whatever is under way. */
  @Test
  void closingAtAnyInstantOfReceivingLeavesNothing() throws Exception {
    Path ripmime =
        FakeProgram.write(
            directory,
            "ripmime",
            """
            setsid sleep 300 &
            cd "$4"; i=0
            while read -r line; do i=$((i+1)); echo "$line" >$i.txt; done
            sleep 300\
            """);
    ScanEngine engine = engine(FakeSweep.clean(directory), "ripmime.program=" + ripmime);
    String part = Mails.attachment("filename=\"a.b\"", "x");
    String mail = Mails.multipart(Collections.nCopies(300, part).toArray(String[]::new));
    for (int i = 0; i < 24; i++) {
      try (ScanSession session = engine.open()) {
        ids.add(session.id());
        if (i % 4 > 0) {
          session.receive(Mails.stream(mail));
        }
        Thread.sleep(i % 10);
      }
      assertThat(sessions()).isEmpty();
      assertThat(FakeProgram.survivors(ripmime)).isEmpty();
    }
  }

  /** Mime4j is given up while it writes: it must not write into what is being removed. */
  @Test
  void anExtractorThatIsGivenUpLeavesNothing() throws Exception {
    ScanEngine engine =
        engine(FakeSweep.clean(directory), "extract.timeout=1ms", "extractors=mime4j");
    String part = Mails.attachment("filename=\"a.b\"", "x".repeat(5000));
    String mail = Mails.multipart(Collections.nCopies(500, part).toArray(String[]::new));
    int givenUp = 0;
    for (int i = 0; i < 30; i++) {
      try {
        scan(engine, mail);
      } catch (ScanFailure e) {
        assertThat(e).hasMessageContaining("did not end within extract.timeout");
        givenUp++;
      }
      assertThat(sessions()).isEmpty();
    }
    assertThat(givenUp).isPositive();
  }

  @Test
  void aSessionThatWasNeverUsedLeavesNothing() throws Exception {
    ScanEngine engine = engine(FakeSweep.clean(directory));
    try (ScanSession session = engine.open()) {
      ids.add(session.id());
      assertThat(session.directory()).isDirectory();
      assertThat(session.facts().size()).isZero();
    }
    assertThat(engine.clean()).isEmpty();
  }

  // Whole processes.

  @ParameterizedTest
  @CsvSource({"attachment, 60000000, 48m", "headers, 25000000, 20m"})
  void aLargeMessageNeedsNoMemoryOfItsSize(String what, String size, String heap) throws Exception {
    Path sweep = FakeSweep.clean(directory);
    try (JavaProgram program =
        JavaProgram.start(
            List.of(),
            List.of("-Xmx" + heap),
            SessionProgram.class,
            work.toString(),
            sweep.toString(),
            what,
            size)) {
      assertThat(program.line())
          .startsWith("clean ")
          .contains("size=" + size)
          .containsAnyOf("notes=[]", "notes=[mime: header-broken in line"); // the last is cut off
      assertThat(program.await()).isZero();
    }
  }

  /**
   * The disk is too small for the message, for some of its views, for all of them. EICAR stands at
   * the end of an attachment: only one who has decoded all of it can see it, so "clean" is never
   * right.
   */
  @Test
  void aFullDiskNeverMakesAMessageClean() throws Exception {
    RealPrograms.require("unshare");
    Path sweep = FakeSweep.findsEicar(directory);
    List<String> answers = new ArrayList<>();
    for (int kilobytes = 100; kilobytes <= 1700; kilobytes += 200) {
      // A mount namespace of its own: the small disk goes with the process.
      String mount =
          "mount -t tmpfs -o mode=700,size=" + kilobytes + "k none \"$0\" || exit 9; exec \"$@\"";
      List<String> before = List.of("unshare", "-m", "sh", "-c", mount, work.toString());
      try (JavaProgram program =
          JavaProgram.start(
              before,
              List.of(),
              SessionProgram.class,
              work.toString(),
              sweep.toString(),
              "eicar",
              "-")) {
        List<String> lines = program.rest();
        if (lines.isEmpty()) {
          RealPrograms.missing(
              "cannot mount a small disk: this needs root, and a root directory that is a mount point");
        }
        answers.add(kilobytes + "k " + lines.get(0));
      }
    }
    assertThat(answers).noneMatch(answer -> answer.contains("k clean"));
    assertThat(answers).anyMatch(answer -> answer.contains("k failed"));
    assertThat(answers).last().asString().contains("k infected");
  }

  // The engine.

  @Test
  void anEngineWithoutAWorkDirectoryDoesNotBegin() throws Exception {
    assertThat(
            failure(() ->
                ScanEngine.of(
                    Engines.config(directory.resolve("missing"), FakeSweep.clean(directory)))))
        .hasMessageContaining("does not exist");
  }

  @Test
  void anEngineCleansUpAfterTheDeadWhenItBegins() throws Exception {
    engine(FakeSweep.clean(directory));
    Files.createDirectories(work.resolve("a-1-1/views"));
    Files.createFile(work.resolve(".live/a-1-1"));
    engine(FakeSweep.clean(directory));
    assertThat(sessions()).isEmpty();
    Files.createDirectories(work.resolve("a-1-2/views"));
    assertThat(engine(FakeSweep.clean(directory), "gate.slots=1").clean()).isEmpty();
  }
}
