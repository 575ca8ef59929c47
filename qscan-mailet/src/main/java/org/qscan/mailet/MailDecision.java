package org.qscan.mailet;

import java.util.List;
import org.qscan.engine.Facts;
import org.qscan.engine.Outcome;
import org.qscan.engine.Policy;
import org.qscan.engine.Verdict;

/**
 * What is to be done with a mail, and what the log and the attributes of the mail say about it.
 *
 * @param fate what is to be done
 * @param verdict {@code clean}, {@code infected}, {@code unscannable} or {@code failed}
 * @param threats what was found, as the scanners named it
 * @param reason why it is unscannable or failed, or why it passes although it is not clean; may be
 *     empty
 * @param facts what was seen
 */
record MailDecision(
    MailFate fate, String verdict, List<String> threats, String reason, Facts facts) {

  /** What is to be done with a mail. */
  enum MailFate {
    /** It goes on: clean, or unscannable and accepted by policy. */
    PASS,
    /** Refused for good: infected. */
    INFECTED,
    /** Refused for good: unscannable, and rejected by policy. */
    UNSCANNABLE,
    /** To be tried again: QScan could not find out what it is, or the policy defers it. */
    TRY_AGAIN
  }

  static final String FAILED = "failed";

  MailDecision {
    threats = List.copyOf(threats);
  }

  /** What is to be done with a mail that has this outcome, by the site's policy. */
  static MailDecision of(Outcome outcome, Policy policy) {
    return new MailDecision(
        outcome.match(judged -> fate(judged.verdict(), policy), failed -> MailFate.TRY_AGAIN),
        outcome.word(),
        outcome.threats(),
        outcome.match(judged -> String.join(",", outcome.reasons()), Outcome.Failed::reason),
        outcome.facts());
  }

  private static MailFate fate(Verdict verdict, Policy policy) {
    return verdict.match(
        clean -> MailFate.PASS,
        infected -> MailFate.INFECTED,
        unscannable ->
            switch (policy.forUnscannable(unscannable)) {
              case ACCEPT -> MailFate.PASS;
              case DEFER -> MailFate.TRY_AGAIN;
              case REJECT -> MailFate.UNSCANNABLE;
            });
  }

  /** The reason, with the limits that the message is over, for people. */
  String reasonInWords() {
    return facts.limits().isEmpty()
        ? reason
        : reason + " (" + String.join("; ", facts.limits()) + ")";
  }

  /** QScan could not find out what the mail is. */
  static MailDecision failed(String reason, Facts facts) {
    return new MailDecision(MailFate.TRY_AGAIN, FAILED, List.of(), reason, facts);
  }
}
