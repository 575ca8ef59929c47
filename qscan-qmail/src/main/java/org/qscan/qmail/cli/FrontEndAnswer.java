package org.qscan.qmail.cli;

import org.jspecify.annotations.Nullable;
import org.qscan.engine.Explanation;
import org.qscan.engine.Outcome;
import org.qscan.qmail.Decision;
import org.qscan.qmail.QmailConfig;

/**
 * What the front ends of this site would answer to a message. James' answer also depends on its own
 * configuration, which is not known here.
 *
 * @param decision the decision by the policy, for any sender
 * @param exit the exit code of qscan-queue and qscan-client; null: that of the real qmail-queue
 * @param smtp the answer of VirusScanHook; null: it lets the message pass
 * @param bounce what happens to it if it is a bounce of qmail-send itself
 */
record FrontEndAnswer(
    Decision decision, @Nullable Integer exit, @Nullable String smtp, Decision bounce) {

  static FrontEndAnswer to(Explanation explanation, QmailConfig config) {
    Outcome outcome = explanation.outcome();
    Decision usual = Decision.of(outcome, config.policy());
    Decision bounce = Decision.ofBounce(outcome, config.policy(), config.bounceInfected());
    return switch (usual.fate()) {
      case QUEUE, DISCARD -> new FrontEndAnswer(usual, null, null, bounce);
      case REFUSE -> new FrontEndAnswer(usual, usual.exit(config), "554 5.7.1", bounce);
      case DEFER -> new FrontEndAnswer(usual, usual.exit(config), "451 4.7.1", bounce);
    };
  }
}
