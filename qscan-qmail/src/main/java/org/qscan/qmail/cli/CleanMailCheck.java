package org.qscan.qmail.cli;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import org.qscan.engine.EngineConfig;
import org.qscan.engine.ScanEngine;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.config.Configuration;

/** A harmless mail through the engine: it must come out clean. */
final class CleanMailCheck {

  private static final String WHAT = "clean mail";

  private CleanMailCheck() {}

  static void run(Configuration configuration, Findings findings) {
    Judgement judgement;
    try (Judge judge = new Judge(ScanEngine.of(EngineConfig.from(configuration)))) {
      judgement = judge.judge(Path.of("clean mail"), new ByteArrayInputStream(TestMail.clean()));
    } catch (ScanFailure e) {
      findings.fail(WHAT, e.getMessage());
      return;
    }
    switch (judgement.exit()) {
      case CLEAN -> findings.ok(WHAT, "found clean in " + judgement.facts().totalMillis() + " ms");
      case INFECTED ->
          findings.fail(
              WHAT,
              "a scanner finds "
                  + String.join(", ", judgement.threats())
                  + " in a harmless mail: is it what it should be? 'qscan scan --scanner NAME'"
                  + " tries one");
      case UNSCANNABLE ->
          findings.fail(
              WHAT,
              "a scanner calls a harmless mail unscannable ("
                  + String.join(", ", judgement.reasons())
                  + "): try it by hand on a text file");
      case FAILED -> findings.fail(WHAT, judgement.failure());
    }
    judgement.facts().notes().forEach(note -> findings.note(WHAT, note));
  }
}
