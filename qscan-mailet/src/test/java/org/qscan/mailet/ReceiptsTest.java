package org.qscan.mailet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.mailet.Mail;
import org.junit.jupiter.api.Test;
import org.qscan.engine.Facts;
import org.qscan.engine.Timings;
import org.qscan.engine.testing.Mails;

class ReceiptsTest {

  private static final byte[] DIGEST = "a digest".getBytes(StandardCharsets.US_ASCII);
  private static final Facts FACTS =
      new Facts(
          "19ab-7-1",
          918,
          6,
          0,
          List.of("a.zip"),
          new Timings(
              Duration.ofMillis(1),
              Duration.ofMillis(2),
              Duration.ofMillis(3),
              Duration.ofMillis(4),
              Duration.ofMillis(5)),
          1,
          List.of(),
          "look-harder",
          List.of("header-late", "header-broken"),
          List.of(),
          List.of());

  private Instant now = Instant.ofEpochSecond(1_800_000_000);
  private final Receipts receipts = new Receipts(new TestClock());

  private final class TestClock extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  private Mail mailWithReceipt() throws Exception {
    Mail mail = TestMail.of(Mails.plain("x"));
    mail.setAttribute(
        receipts.issue(
            DIGEST,
            new MailDecision(
                MailDecision.MailFate.PASS, "unscannable", List.of(), "encrypted,limit", FACTS)));
    return mail;
  }

  @Test
  void itSaysWhatTheScanSaid() throws Exception {
    MailDecision outcome = receipts.redeem(mailWithReceipt(), DIGEST).orElseThrow();

    assertThat(outcome.fate()).isEqualTo(MailDecision.MailFate.PASS);
    assertThat(outcome.verdict()).isEqualTo("unscannable");
    assertThat(outcome.reason()).isEqualTo("encrypted,limit");
    assertThat(outcome.facts().id()).isEqualTo("19ab-7-1");
    assertThat(outcome.facts().size()).isEqualTo(918);
    assertThat(outcome.facts().parts()).isEqualTo(6);
    assertThat(outcome.facts().ambiguity()).isEqualTo("look-harder");
    assertThat(outcome.facts().rules()).containsExactly("header-late", "header-broken");
    assertThat(outcome.facts().notes()).containsExactly("scanned by the hook");
  }

  @Test
  void whatIsNotKnownOfTheRulesStaysUnknown() throws Exception {
    Mail mail = TestMail.of(Mails.plain("x"));
    Facts facts = Facts.of("19ab-7-1");
    mail.setAttribute(
        receipts.issue(
            DIGEST, new MailDecision(MailDecision.MailFate.PASS, "clean", List.of(), "", facts)));
    Facts redeemed = receipts.redeem(mail, DIGEST).orElseThrow().facts();
    assertThat(redeemed.ambiguity()).isEqualTo("unknown");
    assertThat(redeemed.rules()).isEmpty();
  }

  @Test
  void afterItsTimeItIsWorthNothing() throws Exception {
    Mail mail = mailWithReceipt();
    now = now.plus(Receipts.VALIDITY);
    assertThat(receipts.redeem(mail, DIGEST)).isPresent();

    now = now.plus(Duration.ofMillis(1));
    assertThat(receipts.redeem(mail, DIGEST)).isEmpty();
  }

  @Test
  void onAnotherMessageOrFromAnotherServerItIsWorthNothing() throws Exception {
    Mail mail = mailWithReceipt();
    assertThat(receipts.redeem(mail, "another".getBytes(StandardCharsets.US_ASCII))).isEmpty();
    assertThat(new Receipts(new TestClock()).redeem(mail, DIGEST)).isEmpty();
  }
}
