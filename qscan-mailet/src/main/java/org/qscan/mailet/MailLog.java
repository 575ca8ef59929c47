package org.qscan.mailet;

import org.apache.mailet.Mail;
import org.qscan.engine.LogLine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the one line that each mail has in James' log, with the same keys as on qmail. */
final class MailLog {

  private static final Logger LOG = LoggerFactory.getLogger("org.qscan.mailet");

  private MailLog() {}

  /**
   * Writes the line.
   *
   * @param front {@code james-hook} or {@code james-mailet}
   * @param answer the reply, or where the mail goes
   * @param client the address of the sending host
   */
  static void write(String front, MailDecision outcome, String answer, Mail mail, String client) {
    String line =
        "qscan: "
            + new LogLine(
                front,
                outcome.verdict(),
                outcome.threats(),
                outcome.reason(),
                answer,
                outcome.facts(),
                client,
                mail.getMaybeSender().asString(""),
                mail.getRecipients().size());
    switch (outcome.fate()) {
      case PASS -> LOG.info(line);
      case INFECTED, UNSCANNABLE -> LOG.warn(line);
      case TRY_AGAIN -> LOG.error(line);
    }
  }
}
