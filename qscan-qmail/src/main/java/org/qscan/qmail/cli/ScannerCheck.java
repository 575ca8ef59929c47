package org.qscan.qmail.cli;

import org.qscan.engine.EngineConfig;
import org.qscan.engine.ScanEngine;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.scan.ScannerHealth;

/**
 * Checks each scanner: a sentence for each of its addresses, and one for everything that should be
 * changed.
 */
final class ScannerCheck {

  private ScannerCheck() {}

  static void run(Configuration configuration, Findings findings) {
    try {
      ScanEngine engine = ScanEngine.of(EngineConfig.from(configuration));
      if (!engine.alarm().isEmpty()) {
        findings.fail("scanners", engine.alarm());
      }
      for (ScannerHealth health : engine.scannerHealth()) {
        compare(health, MailSize.of(configuration), findings);
        switch (health.level()) {
          case GOOD -> findings.ok(health.scanner(), health.sentence());
          case WARNING -> findings.note(health.scanner(), health.sentence());
          case FAILED -> findings.fail(health.scanner(), health.sentence());
        }
      }
    } catch (ScanFailure e) {
      findings.fail("scanners", e.getMessage());
    }
  }

  /**
   * Compares a scanner's limit with the size that the mail server accepts. Only savdid reports its
   * limit; for clamd's, see {@link ClamdLimitCheck}.
   */
  private static void compare(ScannerHealth health, MailSize accepted, Findings findings) {
    if (health.takesAtMost() != 0 && health.takesAtMost() < accepted.bytes()) {
      findings.fail(
          health.scanner(),
          "maxscandata of savdid.conf is "
              + health.takesAtMost()
              + " bytes ("
              + health.sentence()
              + "), but "
              + accepted.inWords()
              + ". Mail over that limit is refused (unscannable.limit). Set it to 0 or to the size of"
              + " the largest message that you accept, or write a smaller number into"
              + " control/databytes.");
    }
  }
}
