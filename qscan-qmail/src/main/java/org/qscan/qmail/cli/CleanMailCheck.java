package org.qscan.qmail.cli;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import org.qscan.engine.EngineConfig;
import org.qscan.engine.ScanEngine;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.config.Configuration;

/** Sends a harmless mail through the engine, which must call it clean. */
final class CleanMailCheck {

  private static final String WHAT = "clean mail";

  private CleanMailCheck() {}

  static void run(Configuration configuration, Findings findings) {
    FileOutcome judged;
    try (Judge judge = new Judge(ScanEngine.of(EngineConfig.from(configuration)))) {
      judged = judge.judge(Path.of("clean mail"), new ByteArrayInputStream(TestMail.clean()));
    } catch (ScanFailure e) {
      findings.fail(WHAT, e.getMessage());
      return;
    }
    switch (judged.exit()) {
      case CLEAN ->
          findings.ok(
              WHAT, "found clean in " + judged.facts().timings().total().toMillis() + " ms");
      case INFECTED ->
          findings.fail(
              WHAT,
              "a scanner finds "
                  + String.join(", ", judged.outcome().threats())
                  + " in a harmless mail: try each scanner with 'qscan scan --scanner NAME'");
      case UNSCANNABLE ->
          findings.fail(
              WHAT,
              "a scanner calls a harmless mail unscannable ("
                  + String.join(", ", judged.outcome().reasons())
                  + "): try that scanner by hand on a text file");
      case FAILED -> findings.fail(WHAT, judged.outcome().failure());
    }
    judged.facts().notes().forEach(note -> findings.note(WHAT, note));
  }
}
