package org.qscan.qmail.cli;

import org.qscan.engine.EngineConfig;
import org.qscan.engine.ScanEngine;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.scan.ScannerHealth;

/**
 * How each scanner is: a sentence for each of its places, and one for whatever is to be changed.
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
}
