package org.qscan.qmail.cli;

import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;
import org.qscan.qmail.diversion.Standing;

/** Checks whether mail comes through QScan at all. If it does not, all other checks are in vain. */
final class InTheWayCheck {

  private static final String WHAT = "in the way";

  private InTheWayCheck() {}

  static void run(Configuration configuration, Findings findings) {
    Standing standing =
        Standing.of(configuration.path(Key.ENABLED_FILE), QmailBin.usualQueue(configuration));
    switch (standing.state()) {
      case IN_PLACE -> findings.ok(WHAT, standing.sentence());
      case NOT_IN_PLACE -> findings.note(WHAT, standing.sentence());
      case REPLACED, UNKNOWN -> findings.fail(WHAT, standing.sentence());
    }
  }
}
