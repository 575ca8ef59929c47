package org.qscan.mailet;

import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;

/**
 * The attributes that tell later mailets and matchers the outcome. We write them and never read
 * them, because others can write them as well.
 */
final class Verdicts {

  /** {@code clean}, {@code infected}, {@code unscannable} or {@code failed}. */
  static final AttributeName VERDICT = AttributeName.of("org.qscan.verdict");

  /** Names of threats, separated by commas; absent if there are none. */
  static final AttributeName THREATS = AttributeName.of("org.qscan.threats");

  /** Why it is unscannable or failed; absent if there is no reason. */
  static final AttributeName REASON = AttributeName.of("org.qscan.reason");

  /** The id of the scan, as in the log. */
  static final AttributeName ID = AttributeName.of("org.qscan.id");

  /** When the verdict was given, in UTC. */
  static final AttributeName TIME = AttributeName.of("org.qscan.time");

  /**
   * The attribute that James' own ClamAVScan sets, so that configurations written for it keep
   * working: true or false, and absent if QScan could not find out.
   */
  static final AttributeName JAMES_INFECTED = AttributeName.of("org.apache.james.infected");

  private static final List<AttributeName> ALL =
      List.of(VERDICT, THREATS, REASON, ID, TIME, JAMES_INFECTED);

  private Verdicts() {}

  /** Removes what an earlier scan, or somebody else, has written. */
  static void clear(Mail mail) {
    ALL.forEach(mail::removeAttribute);
  }

  /** Writes what is known now. */
  static void put(Mail mail, MailDecision outcome) {
    clear(mail);
    put(mail, VERDICT, outcome.verdict());
    put(mail, THREATS, String.join(",", outcome.threats()));
    put(mail, REASON, outcome.reason());
    put(mail, ID, outcome.facts().id());
    mail.setAttribute(new Attribute(TIME, AttributeValue.of(ZonedDateTime.now(ZoneOffset.UTC))));
    if (!outcome.verdict().equals(MailDecision.FAILED)) {
      boolean infected = outcome.fate() == MailDecision.MailFate.INFECTED;
      mail.setAttribute(new Attribute(JAMES_INFECTED, AttributeValue.of(infected)));
    }
  }

  private static void put(Mail mail, AttributeName name, String value) {
    if (!value.isEmpty()) {
      mail.setAttribute(new Attribute(name, AttributeValue.of(value)));
    }
  }
}
