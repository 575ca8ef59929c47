package org.qscan.mailet;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.qscan.engine.Facts;
import org.qscan.engine.Timings;

/**
 * A receipt for a scan. The hook puts it on the mail, so that the mailet does not scan the same
 * bytes again. It contains a digest of the message's bytes and is signed with a secret that only
 * this engine has and that is lost when the server ends. So it is not valid for a changed message,
 * another message, another server, or another configuration, and those who can write attributes
 * (mailets, the web administration, a peer that shares the queue) cannot forge one.
 */
final class Receipts {

  static final AttributeName NAME = AttributeName.of("org.qscan.receipt");

  /** After this time, the virus data may have changed. */
  static final Duration VALIDITY = Duration.ofHours(1);

  private static final String SIGNATURE = "HmacSHA256";
  private static final String DIGEST = "SHA-256";

  private final SecretKeySpec secret;
  private final Clock clock;

  Receipts(Clock clock) {
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    this.secret = new SecretKeySpec(random, SIGNATURE);
    this.clock = clock;
  }

  /** The digest by which a receipt recognises its message. */
  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance(DIGEST);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  /**
   * A receipt for a message that may pass.
   *
   * @param digest of the message's bytes
   * @param outcome of the scan of these bytes
   */
  Attribute issue(byte[] digest, MailDecision outcome) {
    String facts =
        String.join(
            " ",
            outcome.facts().id(),
            Long.toString(clock.millis()),
            Long.toString(outcome.facts().size()),
            Integer.toString(outcome.facts().parts()),
            outcome.verdict(),
            outcome.reason().isEmpty() ? "-" : outcome.reason(),
            outcome.facts().ambiguity(),
            String.join(",", outcome.facts().rules()));
    return new Attribute(NAME, AttributeValue.of(facts + " " + sign(digest, facts)));
  }

  static boolean isOn(Mail mail) {
    return mail.getAttribute(NAME).isPresent();
  }

  /**
   * What the receipt on this mail says about it; empty if there is none, or if it is not ours, is
   * for another message, or is too old.
   *
   * @param digest of the message's bytes as they are now
   */
  Optional<MailDecision> redeem(Mail mail, byte[] digest) {
    return mail.getAttribute(NAME)
        .map(attribute -> attribute.getValue().value())
        .filter(String.class::isInstance)
        .flatMap(value -> redeem((String) value, digest));
  }

  private Optional<MailDecision> redeem(String receipt, byte[] digest) {
    int end = receipt.lastIndexOf(' ');
    if (end < 0 || !isEqual(receipt.substring(end + 1), sign(digest, receipt.substring(0, end)))) {
      return Optional.empty();
    }
    String[] facts = receipt.substring(0, end).split(" ", -1); // eight: we have signed them
    if (clock.millis() - Long.parseLong(facts[1]) > VALIDITY.toMillis()) {
      return Optional.empty();
    }
    return Optional.of(
        new MailDecision(
            MailDecision.MailFate.PASS,
            facts[4],
            List.of(),
            facts[5].equals("-") ? "" : facts[5],
            known(facts)));
  }

  /** The facts of the earlier scan, with its times, as they are in the log. */
  private static Facts known(String[] facts) {
    List<String> rules = facts[7].isEmpty() ? List.of() : List.of(facts[7].split(",", -1));
    return new Facts(
        facts[0],
        Long.parseLong(facts[2]),
        Integer.parseInt(facts[3]),
        0,
        List.of(),
        Timings.NONE,
        1,
        List.of("scanned by the hook"),
        facts[6],
        rules,
        List.of(),
        List.of());
  }

  private static boolean isEqual(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  private String sign(byte[] digest, String facts) {
    try {
      Mac mac = Mac.getInstance(SIGNATURE);
      mac.init(secret);
      mac.update(digest);
      return Base64.getEncoder()
          .encodeToString(mac.doFinal(facts.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
