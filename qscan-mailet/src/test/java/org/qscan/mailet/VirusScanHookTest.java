package org.qscan.mailet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.james.protocols.smtp.SMTPSession;
import org.apache.james.protocols.smtp.hook.HookResult;
import org.apache.james.protocols.smtp.hook.HookReturnCode;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.testing.FakeProgram;
import org.qscan.engine.testing.FakeSweep;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.testing.Until;

/** The SMTP server's classes are on Maven Central for James 3.8 alone. */
@Tag("smtp")
class VirusScanHookTest {

  private static final String CLEAN = Mails.plain("nothing to see here\n");
  private static final String EICAR = Mails.plain(Mails.eicar() + "\n");

  /** A session with a remote address, which is all that we ask of one. */
  private static final SMTPSession SESSION =
      (SMTPSession)
          Proxy.newProxyInstance(
              SMTPSession.class.getClassLoader(),
              new Class<?>[] {SMTPSession.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("getRemoteAddress")) {
                  return new InetSocketAddress("192.0.2.7", 4711);
                }
                throw new UnsupportedOperationException(method.getName());
              });

  @TempDir private Path directory;
  private Server server;

  @BeforeEach
  void makeServer() throws Exception {
    server = new Server(directory);
  }

  @Test
  void aCleanMailIsLeftToTheNextHook() throws Exception {
    assertThat(server.hook().onMessage(SESSION, TestMail.of(CLEAN))).isEqualTo(HookResult.DECLINED);
    assertThat(server.residue()).isEmpty();
  }

  @Test
  void anInfectedMailIsRefusedForGoodAndTheThreatNamed() throws Exception {
    HookResult result = server.hook().onMessage(SESSION, TestMail.of(EICAR));

    assertThat(result.getResult()).isEqualTo(HookReturnCode.deny());
    assertThat(result.getSmtpRetCode()).isEqualTo("554");
    assertThat(result.getSmtpDescription()).isEqualTo("5.7.1 virus found: " + FakeSweep.THREAT);
    assertThat(server.residue()).isEmpty();
  }

  @Test
  void theSiteChoosesTheTextAndWhetherTheThreatIsNamed() throws Exception {
    HookResult result =
        server.hook("infectedText=go away ({id})").onMessage(SESSION, TestMail.of(EICAR));

    assertThat(result.getSmtpDescription()).matches("5\\.7\\.1 go away \\([0-9a-f]+-\\d+-\\d+\\)");
  }

  @Test
  void aNameThatTheScannerGivesCannotBreakTheReply() throws Exception {
    String name = "{id}\u00e9\"" + "x".repeat(1000);
    server.sweep(
        FakeSweep.exits(
            directory, 3, ">>> Virus '" + name + "' found in file /x/views/raw/1.eml\n"));

    HookResult result = server.hook().onMessage(SESSION, TestMail.of(CLEAN));

    assertThat(result.getSmtpDescription()).startsWith("5.7.1 ").matches("[ -~]{1,450}");
  }

  @Test
  void whatCouldNotBeScannedIsToBeTriedAgain() throws Exception {
    server.sweep(FakeSweep.missing(directory));

    HookResult result = server.hook().onMessage(SESSION, TestMail.of(CLEAN));

    assertThat(result.getResult()).isEqualTo(HookReturnCode.denySoft());
    assertThat(result.getSmtpRetCode()).isEqualTo("451");
    assertThat(result.getSmtpDescription()).startsWith("4.7.1 cannot scan").doesNotContain("sweep");
  }

  @Test
  void whatThePolicyRejectsIsRefusedForGood() throws Exception {
    server.sweep(
        FakeSweep.exits(directory, 2, "Password protected file /x/views/raw/1.eml\n"),
        "unscannable.encrypted=reject");

    HookResult result = server.hook().onMessage(SESSION, TestMail.of(CLEAN));

    assertThat(result.getSmtpRetCode()).isEqualTo("554");
    assertThat(result.getSmtpDescription())
        .isEqualTo("5.7.1 message cannot be scanned for viruses: encrypted");
  }

  @Test
  void whatIsOverALimitIsRefusedForGoodByDefaultAndTheTextNamesTheLimit() throws Exception {
    server.sweep(FakeSweep.clean(directory), "extractors=mime4j", "extract.max-parts=1");
    String many = Mails.multipart(Mails.text("one"), Mails.text("two"));

    HookResult result = server.hook().onMessage(SESSION, TestMail.of(many));

    assertThat(result.getSmtpRetCode()).isEqualTo("554");
    assertThat(result.getSmtpDescription())
        .isEqualTo(
            "5.7.1 message cannot be scanned for viruses: limit (more parts than extract.max-parts"
                + " 1)");
  }

  @Test
  void noExceptionCostsTheSenderItsConnection() throws Exception {
    HookResult result = server.hook().onMessage(SESSION, nothingWorks());

    assertThat(result.getSmtpRetCode()).isEqualTo("451");
  }

  private static Mail nothingWorks() {
    return (Mail)
        Proxy.newProxyInstance(
            Mail.class.getClassLoader(),
            new Class<?>[] {Mail.class},
            (proxy, method, arguments) -> {
              throw new OutOfMemoryError("a test's");
            });
  }

  @Test
  void withoutAFreeSlotItWaitsNoLongerThanItsPatience() throws Exception {
    Path sweep = FakeSweep.waits(directory);
    server.sweep(sweep, "gate.slots=1");
    VirusScan mailet = server.mailet();
    VirusScanHook hook = server.hook("patience=300ms");
    Mail first = TestMail.of(CLEAN);
    Thread spooler = new Thread(() -> mailet.service(first));
    spooler.start();
    Until.holds("the one slot is taken", () -> !FakeProgram.lines(sweep, "journal").isEmpty());

    HookResult result = hook.onMessage(SESSION, TestMail.of(CLEAN));

    assertThat(result.getSmtpRetCode()).isEqualTo("451");
    assertThat(FakeProgram.lines(sweep, "journal")).as("the first still scans").hasSize(1);
    FakeSweep.letGo(sweep);
    spooler.join(120_000);
    assertThat(TestMail.attribute(first, Verdicts.VERDICT)).isEqualTo("clean");
  }

  @Test
  void theMailetTakesTheHooksWordForTheVeryBytesItScanned() throws Exception {
    Path sweep = counting();
    Mail mail = TestMail.of(CLEAN);
    server.hook().onMessage(SESSION, mail);

    server.mailet().service(mail);

    assertThat(scans(sweep)).isEqualTo(1);
    assertThat(TestMail.attribute(mail, Verdicts.VERDICT)).isEqualTo("clean");
    assertThat(TestMail.attribute(mail, Verdicts.JAMES_INFECTED)).isEqualTo(false);
  }

  @Test
  void theMailetScansAgainWhatWasChangedByASingleByte() throws Exception {
    Path sweep = counting();
    Mail mail = TestMail.of(CLEAN);
    server.hook().onMessage(SESSION, mail);
    TestMail.setMessage(mail, Mails.octets(CLEAN.replace("nothing", "Nothing")));

    server.mailet().service(mail);

    assertThat(scans(sweep)).isEqualTo(2);
  }

  @Test
  void theMailetScansAgainWhatAnotherConfigurationHasScanned() throws Exception {
    Path sweep = counting();
    Mail mail = TestMail.of(CLEAN);
    server.hook("unscannable.corrupt=reject").onMessage(SESSION, mail);

    server.mailet().service(mail);

    assertThat(scans(sweep)).isEqualTo(2);
  }

  @Test
  void theMailetScansAgainWhatAnotherServerHasScanned() throws Exception {
    Path sweep = counting();
    Mail mail = TestMail.of(CLEAN);
    server.hook().onMessage(SESSION, mail);

    server.ownEngines().mailet().service(mail);

    assertThat(scans(sweep)).isEqualTo(2);
  }

  @Test
  void aReceiptThatSomebodyElseWroteIsWorthNothing() throws Exception {
    Path sweep = counting();
    Mail mail = TestMail.of(CLEAN);
    server.hook().onMessage(SESSION, mail);
    String receipt = String.valueOf(TestMail.attribute(mail, Receipts.NAME));
    int scans = scans(sweep);
    for (String forged :
        new String[] {
          "", " ", "clean", receipt.replace("clean", "Clean"), receipt + "x", receipt.substring(1),
        }) {
      mail.setAttribute(new Attribute(Receipts.NAME, AttributeValue.of(forged)));
      server.mailet().service(mail);
      assertThat(scans(sweep)).as(forged).isEqualTo(++scans);
    }
    mail.setAttribute(new Attribute(Receipts.NAME, AttributeValue.of(17)));
    server.mailet().service(mail);
    assertThat(scans(sweep)).isEqualTo(scans + 1);
  }

  @Test
  void aReceiptThatCameWithAMailToTheHookIsTakenAway() throws Exception {
    Mail mail = TestMail.of(EICAR);
    mail.setAttribute(new Attribute(Receipts.NAME, AttributeValue.of("x")));

    server.hook().onMessage(SESSION, mail);

    assertThat(TestMail.attribute(mail, Receipts.NAME)).isNull();
  }

  /** Finds nothing, and counts its runs. */
  private Path counting() throws Exception {
    Path sweep = FakeSweep.takes(directory, Duration.ZERO);
    server.sweep(sweep);
    return sweep;
  }

  private static int scans(Path sweep) {
    return FakeProgram.lines(sweep, "journal").size() / 2;
  }

  @Test
  void aBadParameterStopsTheStartAndIsNamed() {
    assertThatThrownBy(() -> server.hook("gate.slot=3"))
        .hasMessageContainingAll("VirusScanHook", "unknown parameter gate.slot", "infectedText");
    assertThatThrownBy(() -> server.hook("patience=soon"))
        .hasMessageContainingAll("patience=soon", "with a unit");
    assertThatThrownBy(() -> server.hook("infectedText=one\r\n250 two"))
        .hasMessageContaining("infectedText");
    assertThatThrownBy(() -> server.hook("failedText=")).hasMessageContaining("failedText");
    assertThatThrownBy(() -> server.hook("scan.timeout=0s"))
        .hasMessageContaining("scan.timeout=0s");
  }

  @Test
  void whatItHasSeenOfTheRulesStandsInTheMailetsHeader() throws Exception {
    Path sweep = FakeSweep.takes(directory, Duration.ZERO);
    server.sweep(sweep, "extractors=generous");
    Mail mail = TestMail.of("Content-Type: text/plain\r\nno field\r\n\r\nhello\r\n");
    VirusScanHook hook = server.hook();
    assertThat(hook.onMessage(SESSION, mail)).isEqualTo(HookResult.DECLINED);
    server.mailet("ambiguityHeader=true").service(mail);
    assertThat(new String(TestMail.message(mail), StandardCharsets.ISO_8859_1))
        .contains("assessment=look-harder; rules=header-broken; id=");
    assertThat(FakeProgram.lines(sweep, "journal")).as("one scan, not two").hasSize(2);
  }
}
