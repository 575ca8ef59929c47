package org.qscan.mailet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.ProcessingState;
import org.apache.mailet.base.test.FakeMailContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.engine.process.ProcessTree;
import org.qscan.engine.testing.FakeSweep;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.testing.Until;

class VirusScanTest {

  private static final String CLEAN = Mails.plain("nothing to see here\n");
  private static final String EICAR =
      Mails.multipart(Mails.attachment("filename=\"e.com\"", Mails.eicar()));

  @TempDir private Path directory;
  private Server server;

  @BeforeEach
  void makeServer() throws Exception {
    server = new Server(directory);
  }

  @AfterEach
  void nothingIsLeftInTheWorkDirectory() throws Exception {
    assertThat(server.residue()).isEmpty();
  }

  @Test
  void aCleanMailGoesOnWithEveryByteAsItWas() throws Exception {
    Mail mail = TestMail.of(CLEAN);
    byte[] before = TestMail.message(mail);

    server.mailet().service(mail);

    assertThat(mail.getState()).isEqualTo("transport");
    assertThat(TestMail.message(mail)).isEqualTo(before);
    assertThat(TestMail.attribute(mail, Verdicts.VERDICT)).isEqualTo("clean");
    assertThat(TestMail.attribute(mail, Verdicts.JAMES_INFECTED)).isEqualTo(false);
    assertThat(TestMail.attribute(mail, Verdicts.THREATS)).isNull();
    assertThat(TestMail.attribute(mail, Verdicts.ID)).asString().matches("[0-9a-f]+-\\d+-\\d+");
    assertThat(TestMail.attribute(mail, Verdicts.TIME)).isInstanceOf(ZonedDateTime.class);
    assertThat(server.metrics.countFor("qscan.verdict.clean")).isEqualTo(1);
    assertThat(server.metrics.executionTimesFor("qscan.total")).hasSize(1);
  }

  @Test
  void anInfectedMailGoesToTheVirusProcessorAndSaysWhatWasFound() throws Exception {
    Mail mail = TestMail.of(EICAR);

    server.mailet("virusProcessor=plague").service(mail);

    assertThat(mail.getState()).isEqualTo("plague");
    assertThat(mail.getErrorMessage()).isEqualTo("infected: " + FakeSweep.THREAT);
    assertThat(TestMail.attribute(mail, Verdicts.VERDICT)).isEqualTo("infected");
    assertThat(TestMail.attribute(mail, Verdicts.THREATS)).isEqualTo(FakeSweep.THREAT);
    assertThat(TestMail.attribute(mail, Verdicts.JAMES_INFECTED)).isEqualTo(true);
    assertThat(server.metrics.countFor("qscan.verdict.infected")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"missing", "crashes", "hangs", "speaks in tongues", "contradicts itself"})
  void aMailThatCouldNotBeScannedIsAnExceptionAndNothingElse(String trouble) throws Exception {
    Path sweep =
        switch (trouble) {
          case "missing" -> FakeSweep.missing(directory);
          case "crashes" -> FakeSweep.diesOfSignal(directory, 11);
          case "hangs" -> FakeSweep.hangs(directory);
          case "speaks in tongues" -> FakeSweep.exits(directory, 0, "all is fine\n");
          default -> FakeSweep.exits(directory, 3, "");
        };
    server.sweep(sweep, "scan.timeout=1s");
    Mail mail = TestMail.of(CLEAN);
    VirusScan mailet = server.mailet();

    assertThatThrownBy(() -> mailet.service(mail)).isInstanceOf(MailNotScannedException.class);

    assertThat(mail.getState()).isEqualTo("transport");
    assertThat(TestMail.attribute(mail, Verdicts.VERDICT)).isEqualTo("failed");
    assertThat(TestMail.attribute(mail, Verdicts.REASON)).asString().isNotEmpty();
    assertThat(TestMail.attribute(mail, Verdicts.JAMES_INFECTED)).isNull();
    assertThat(server.metrics.countFor("qscan.verdict.failed")).isEqualTo(1);
  }

  @Test
  void aMailWithoutAMessageIsNotLetThrough() throws Exception {
    Mail mail = TestMail.withoutMessage();
    VirusScan mailet = server.mailet();

    assertThatThrownBy(() -> mailet.service(mail))
        .isInstanceOf(MailNotScannedException.class)
        .hasMessageContaining("the mail has no message");
  }

  @Test
  void anEmptyMessageIsScannedAsAnyOther() throws Exception {
    Mail mail = TestMail.of("\r\n");

    server.mailet().service(mail);

    assertThat(TestMail.attribute(mail, Verdicts.VERDICT)).isEqualTo("clean");
    assertThat(server.metrics.countFor("qscan.verdict.clean")).isEqualTo(1);
  }

  @Test
  void onFailureItMaySendTheMailToAProcessor() throws Exception {
    server.sweep(FakeSweep.missing(directory));
    Mail mail = TestMail.of(CLEAN);

    server.mailet("onScanFailure=processor:later").service(mail);

    assertThat(mail.getState()).isEqualTo("later");
  }

  @Test
  void onFailureItMayPutTheMailBackIntoTheQueueAndThenThrows() throws Exception {
    server.sweep(FakeSweep.missing(directory));
    Mail mail = TestMail.of(CLEAN);
    VirusScan mailet = server.mailet("onScanFailure=retry", "retryDelay=7s", "retries=2");

    for (int time = 1; time <= 2; time++) {
      mail.setState("transport");
      mailet.service(mail);
      assertThat(mail.getState()).isEqualTo(Mail.GHOST);
      assertThat(server.context.getSentMails()).hasSize(time);
    }
    mail.setState("transport");

    assertThatThrownBy(() -> mailet.service(mail)).isInstanceOf(MailNotScannedException.class);
    assertThat(server.context.getSentMails())
        .hasSize(2)
        .allSatisfy(sent -> {
          assertThat(sent.getState()).isEqualTo("transport");
          assertThat(sent.getDelay())
              .contains(new FakeMailContext.Delay(7000, TimeUnit.MILLISECONDS));
        });
  }

  @Test
  void aMailThatCannotBeScannedGoesWhereThePolicySays() throws Exception {
    Path sweep = encrypted();
    server.sweep(sweep, "unscannable.encrypted=accept");
    Mail accepted = TestMail.of(CLEAN);
    server.mailet().service(accepted);
    assertThat(accepted.getState()).isEqualTo("transport");
    assertThat(TestMail.attribute(accepted, Verdicts.VERDICT)).isEqualTo("unscannable");
    assertThat(TestMail.attribute(accepted, Verdicts.REASON)).isEqualTo("encrypted");
    assertThat(TestMail.attribute(accepted, Verdicts.JAMES_INFECTED)).isEqualTo(false);

    server.sweep(sweep, "unscannable.encrypted=reject");
    Mail rejected = TestMail.of(CLEAN);
    server.mailet("unscannableProcessor=sealed").service(rejected);
    assertThat(rejected.getState()).isEqualTo("sealed");
    assertThat(rejected.getErrorMessage()).isEqualTo("cannot be scanned: encrypted");

    server.sweep(sweep, "unscannable.encrypted=defer");
    Mail deferred = TestMail.of(CLEAN);
    VirusScan mailet = server.mailet();
    assertThatThrownBy(() -> mailet.service(deferred)).isInstanceOf(MailNotScannedException.class);
  }

  private Path encrypted() {
    return FakeSweep.exits(
        directory, 2, "Password protected file " + server.work + "/x/views/raw/1.eml\n");
  }

  @Test
  void itsHeaderReplacesAnyThatCameWithTheMail() throws Exception {
    Mail mail =
        TestMail.of("X-Virus-Scanned: by me, trust me\r\nx-virus-scanned: and again\r\n" + CLEAN);

    server.mailet("header=true").service(mail);

    String message = new String(TestMail.message(mail), StandardCharsets.ISO_8859_1);
    assertThat(message).doesNotContain("trust me", "and again");
    assertThat(message)
        .containsOnlyOnce("X-Virus-Scanned: QScan; verdict=clean; id=")
        .contains("Subject: plain");
    assertThat(message).doesNotContain("Message-ID");
  }

  @Test
  void aForgedHeaderGoesEvenWhenTheMailCouldNotBeScanned() throws Exception {
    server.sweep(FakeSweep.missing(directory));
    Mail mail = TestMail.of("X-Virus-Scanned: by me, trust me\r\n" + CLEAN);

    server.mailet("header=true", "onScanFailure=processor:later").service(mail);

    assertThat(new String(TestMail.message(mail), StandardCharsets.ISO_8859_1))
        .doesNotContain("trust me");
  }

  /** A line in the header that is no field. */
  private static final String DOUBTFUL =
      "Content-Type: text/plain\r\nno field\r\nSubject: x\r\n\r\nhello\r\n";

  private static final String FORGED =
      "MIME-Ambiguity-Results: trust me; assessment=none\r\n"
          + "mime-ambiguity-results: and again\r\n";

  private String afterService(String mail, String... parameters) throws Exception {
    Mail serviced = TestMail.of(mail);
    server.mailet(parameters).service(serviced);
    return new String(TestMail.message(serviced), StandardCharsets.ISO_8859_1);
  }

  @Test
  void theHeaderOnAmbiguityIsOffByDefaultAndThenNothingChanges() throws Exception {
    Mail mail = TestMail.of(FORGED + CLEAN);
    byte[] before = TestMail.message(mail);
    server.mailet().service(mail);
    assertThat(TestMail.message(mail)).isEqualTo(before);
    assertThat(afterService(FORGED + CLEAN, "header=true"))
        .contains(FORGED)
        .contains("X-Virus-Scanned: ");
  }

  @Test
  void theHeaderOnAmbiguityReplacesAnyThatCameWithTheMail() throws Exception {
    server.sweep(FakeSweep.clean(directory), "extractors=generous");
    assertThat(afterService(FORGED + CLEAN, "ambiguityHeader=true"))
        .containsOnlyOnce("MIME-Ambiguity-Results: QScan; assessment=none; id=")
        .doesNotContain("trust me", "and again", "X-Virus-Scanned", "rules=");
  }

  @Test
  void theHeaderOnAmbiguityNamesTheRulesAndTheirStrictestTier() throws Exception {
    server.sweep(FakeSweep.clean(directory), "extractors=generous");
    assertThat(afterService(DOUBTFUL, "ambiguityHeader=true"))
        .contains(
            "MIME-Ambiguity-Results: QScan; assessment=look-harder; rules=header-broken; id=");
    server.sweep(
        FakeSweep.clean(directory),
        "extractors=generous",
        "mime.mode=monitor",
        "mime.rules=header-broken:refuse");
    assertThat(afterService(DOUBTFUL, "ambiguityHeader=true"))
        .contains("MIME-Ambiguity-Results: QScan; assessment=refuse; rules=header-broken; id=");
  }

  @Test
  void theHeaderOnAmbiguityClaimsNothingWhereNobodyLookedToTheEnd() throws Exception {
    server.sweep(FakeSweep.clean(directory), "extractors=mime4j");
    assertThat(afterService(CLEAN, "ambiguityHeader=true"))
        .contains("MIME-Ambiguity-Results: QScan; assessment=unknown; id=");
    server.sweep(
        FakeSweep.clean(directory),
        "extractors=generous",
        "extract.max-parts=1",
        "unscannable.limit=accept");
    String many = Mails.multipart(Mails.text("one"), Mails.text("two"), Mails.text("three"));
    assertThat(afterService(many, "ambiguityHeader=true"))
        .contains("MIME-Ambiguity-Results: QScan; assessment=unknown; ");
  }

  @Test
  void aForgedHeaderOnAmbiguityGoesEvenWhenTheMailCouldNotBeScanned() throws Exception {
    server.sweep(FakeSweep.missing(directory));
    assertThat(
            afterService(FORGED + CLEAN, "ambiguityHeader=true", "onScanFailure=processor:later"))
        .doesNotContain("trust me", "and again", "MIME-Ambiguity-Results");
  }

  @Test
  void attributesOfAnEarlierScanAreNotBelievedAndDoNotStay() throws Exception {
    server.sweep(FakeSweep.missing(directory));
    Mail mail = TestMail.of(CLEAN);
    mail.setAttribute(new Attribute(Verdicts.VERDICT, AttributeValue.of("clean")));
    mail.setAttribute(new Attribute(Verdicts.THREATS, AttributeValue.of("old news")));
    mail.setAttribute(new Attribute(Verdicts.JAMES_INFECTED, AttributeValue.of(false)));

    server.mailet("onScanFailure=processor:later").service(mail);

    assertThat(TestMail.attribute(mail, Verdicts.VERDICT)).isEqualTo("failed");
    assertThat(TestMail.attribute(mail, Verdicts.THREATS)).isNull();
    assertThat(TestMail.attribute(mail, Verdicts.JAMES_INFECTED)).isNull();
  }

  @Test
  void anyKeyOfTheFileCanBeOverridden() throws Exception {
    Path other = Files.createDirectory(directory.resolve("other"));
    Mail mail = TestMail.of(CLEAN);

    server.mailet("sweep.program=" + FakeSweep.infected(other)).service(mail);

    assertThat(mail.getState()).isEqualTo("virus");
  }

  @Test
  void aBadParameterStopsTheStartAndIsNamed() {
    assertThatThrownBy(() -> server.mailet("gate.slot=3"))
        .hasMessageContainingAll("VirusScan", "unknown parameter gate.slot", "virusProcessor");
    assertThatThrownBy(() -> server.mailet("gate.slots=many"))
        .hasMessageContainingAll("gate.slots=many", "a whole number from 1 to 10000");
    assertThatThrownBy(() -> server.mailet("onScanFailure=ignore"))
        .hasMessageContainingAll("onScanFailure=ignore", "throw, retry or processor:NAME");
    assertThatThrownBy(() -> server.mailet("onScanFailure=processor:"))
        .hasMessageContaining("onScanFailure=processor:");
    assertThatThrownBy(() -> server.mailet("retryDelay=5"))
        .hasMessageContainingAll("retryDelay=5", "with a unit");
    assertThatThrownBy(() -> server.mailet("retries=0")).hasMessageContaining("retries=0");
    assertThatThrownBy(() -> server.mailet("ambiguityHeader=yes"))
        .hasMessageContainingAll("ambiguityHeader=yes", "true, false");
    assertThatThrownBy(() -> server.mailet("header=yes"))
        .hasMessageContainingAll("header=yes", "true, false");
    assertThatThrownBy(() -> server.mailet("config=/no/such/file"))
        .hasMessageContaining("/no/such/file: there is no such file");
    assertThatThrownBy(() -> server.mailet("work.directory=/no/such/directory"))
        .hasMessageContaining("work.directory /no/such/directory does not exist");
  }

  @Test
  void aServerThatWouldIgnoreOurExceptionDoesNotStart() {
    assertThatThrownBy(() -> server.mailet("onMailetException=ignore"))
        .hasMessageContainingAll("onMailetException=ignore", "unscanned");
    assertThatCode(() -> server.mailet("onMailetException=scan-error", "onMatchException=matchall"))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "onMailetException= Ignore ",
        "onMailetException=ignore,scan-error",
        "onMailetException=scan-error,ignore",
        "onMailetException=Scan-Error",
        "onMailetException=",
        "onMatchException=nomatch",
      })
  void aWayToPassMailByIsRefusedHoweverItIsWritten(String parameter) {
    assertThatThrownBy(() -> server.mailet(parameter))
        .hasMessageContaining(parameter.substring(0, parameter.indexOf('=')));
  }

  @Test
  void aMailIsNeverSentToTheProcessorThatItIsIn() throws Exception {
    Mail infected = TestMail.of(EICAR);
    server.mailet("virusProcessor=transport").service(infected);
    assertThat(infected.getState()).isEqualTo(Mail.ERROR);

    server.sweep(FakeSweep.missing(directory));
    Mail failed = TestMail.of(CLEAN);
    server.mailet("onScanFailure=processor:transport").service(failed);
    assertThat(failed.getState()).isEqualTo(Mail.ERROR);

    Mail thrown = TestMail.of(CLEAN);
    server.mailet("onMailetException=transport").service(thrown);
    assertThat(thrown.getState()).isEqualTo(Mail.ERROR);

    Mail inError = TestMail.of(CLEAN);
    inError.setState(Mail.ERROR);
    server.mailet().service(inError);
    assertThat(inError.getState()).isEqualTo(Mail.GHOST);
    assertThat(server.context.getSentMails()).hasSize(1);
  }

  /** James 3.8 loses a spooler thread for good over an Error. */
  @Test
  void noErrorLeavesIt() throws Exception {
    VirusScan mailet = server.mailet();
    Mail mail = TestMail.of(CLEAN);
    Mail breaks =
        (Mail)
            Proxy.newProxyInstance(
                Mail.class.getClassLoader(),
                new Class<?>[] {Mail.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("getState")) {
                    return "transport";
                  }
                  throw new OutOfMemoryError("a test's");
                });
    assertThatThrownBy(() -> mailet.service(breaks)).isInstanceOf(MailNotScannedException.class);
    mailet.service(mail);
    assertThat(TestMail.attribute(mail, Verdicts.VERDICT)).isEqualTo("clean");
  }

  @Test
  void whatTheScannerSaysReachesJamesOnlyEscaped() throws Exception {
    server.sweep(FakeSweep.exits(directory, 0, "a\u001b[2J\u0085b\n"));
    VirusScan mailet = server.mailet();
    Mail mail = TestMail.of(CLEAN);

    assertThatThrownBy(() -> mailet.service(mail))
        .satisfies(e -> assertThat(String.valueOf(e.getMessage())).matches("[ -~]+"));
  }

  @Test
  void aMailThatIsPutBackDoesNotGainTheRightToRelay() throws Exception {
    Path sweep = FakeSweep.exits(directory, 0, "speaks in tongues\n");
    server.sweep(sweep);
    VirusScan mailet = server.mailet("onScanFailure=retry");
    Mail mail = TestMail.of(CLEAN);
    mailet.service(mail);
    assertThat(mail.getState()).isEqualTo(Mail.GHOST);
    // As James does when it takes it into its queue.
    mail.setAttribute(Mail.SENT_BY_MAILET_ATTRIBUTE);
    mail.setState("transport");

    FakeSweep.says(sweep, 0, "");
    mailet.service(mail);

    assertThat(mail.getState()).isEqualTo("transport");
    assertThat(mail.getAttribute(Mail.SENT_BY_MAILET_ATTRIBUTE.getName())).isEmpty();
    assertThat(mail.getAttribute(VirusScan.RETRIES_DONE)).isEmpty();
    assertThat(mail.getAttribute(VirusScan.FROM_OUTSIDE)).isEmpty();
  }

  @Test
  void theProcessorsItSendsMailToAreRequired() throws Exception {
    VirusScan mailet =
        server.mailet("virusProcessor=a", "unscannableProcessor=b", "onScanFailure=processor:c");

    assertThat(mailet.requiredProcessingState())
        .containsExactlyInAnyOrder(
            new ProcessingState("a"), new ProcessingState("b"), new ProcessingState("c"));
    assertThat(server.mailet().requiredProcessingState())
        .containsExactly(new ProcessingState("virus"));
    assertThat(mailet.getMailetInfo()).contains("QScan");
  }

  @Test
  void interruptedItKillsTheScanAndKeepsTheFlag() throws Exception {
    Path sweep = FakeSweep.hangs(directory);
    server.sweep(sweep);
    VirusScan mailet = server.mailet();
    Mail mail = TestMail.of(CLEAN);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicBoolean flag = new AtomicBoolean();
    Thread spooler =
        new Thread(() -> {
          try {
            mailet.service(mail);
          } catch (Throwable e) {
            thrown.set(e);
          }
          flag.set(Thread.currentThread().isInterrupted());
        });
    spooler.start();
    Until.holds("sweep runs", () -> Files.exists(sweep.resolveSibling("pids")));
    String session = onlySession();

    spooler.interrupt();
    spooler.join(120_000);

    assertThat(spooler.isAlive()).isFalse();
    assertThat(thrown.get()).isInstanceOf(MailNotScannedException.class);
    assertThat(flag).isTrue();
    assertThat(TestMail.attribute(mail, Verdicts.VERDICT)).isEqualTo("failed");
    assertThat(ProcessTree.find(session)).isEmpty();
  }

  private String onlySession() throws Exception {
    try (var entries = Files.list(server.work)) {
      return entries
          .map(path -> path.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void interruptedBeforeItBeginsItScansNothingAndSaysSo() throws Exception {
    VirusScan mailet = server.mailet();
    Mail mail = TestMail.of(CLEAN);

    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> mailet.service(mail)).isInstanceOf(MailNotScannedException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void atItsEndItWaitsForARunningScan() throws Exception {
    Path sweep = FakeSweep.takes(directory, Duration.ofSeconds(1));
    server.sweep(sweep);
    VirusScan mailet = server.mailet();
    Mail mail = TestMail.of(CLEAN);
    Thread spooler = new Thread(() -> mailet.service(mail));
    spooler.start();
    Until.holds("sweep runs", () -> Files.exists(sweep.resolveSibling("journal")));

    mailet.destroy();
    spooler.join(120_000);

    assertThat(TestMail.attribute(mail, Verdicts.VERDICT)).isEqualTo("clean");
    assertThatThrownBy(() -> mailet.service(mail)).isInstanceOf(MailNotScannedException.class);
  }

  @Test
  void atItsEndItDoesNotWaitForEver() throws Exception {
    Path sweep = FakeSweep.hangs(directory);
    server.sweep(sweep);
    VirusScan mailet = server.mailet();
    Mail mail = TestMail.of(CLEAN);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread spooler =
        new Thread(() -> {
          try {
            mailet.service(mail);
          } catch (Throwable e) {
            thrown.set(e);
          }
        });
    spooler.start();
    Until.holds("sweep runs", () -> Files.exists(sweep.resolveSibling("pids")));

    assertTimeoutPreemptively(Duration.ofMinutes(2), mailet::destroy);
    spooler.join(120_000);

    assertThat(thrown.get()).isInstanceOf(MailNotScannedException.class);
  }
}
