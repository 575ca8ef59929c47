package org.qscan.mailet;

import java.util.List;
import org.qscan.engine.Facts;
import org.qscan.engine.Policy;
import org.qscan.engine.ScanReport;

/**
 * What is to become of a mail, and what the log and the mail's attributes say of it.
 *
 * @param fate what is to be done
 * @param verdict {@code clean}, {@code infected}, {@code unscannable} or {@code failed}
 * @param threats what was found, as the scanners named it
 * @param reason why it is unscannable or failed, or passes in another way than usual; may be empty
 * @param facts what was seen
 */
record Outcome(Fate fate, String verdict, List<String> threats, String reason, Facts facts) {

  /** What is to be done with a mail. */
  enum Fate {
    /** It goes on: clean, or unscannable and accepted by policy. */
    PASS,
    /** Refused for good: infected. */
    INFECTED,
    /** Refused for good: unscannable, and rejected by policy. */
    UNSCANNABLE,
    /** To be tried again: it could not be found out, or is deferred by policy. */
    TRY_AGAIN
  }

  static final String CLEAN = "clean";
  static final String UNSCANNABLE = "unscannable";
  static final String FAILED = "failed";

  Outcome {
    threats = List.copyOf(threats);
  }

  /** The outcome of a scan under the site's policy. */
  static Outcome of(ScanReport report, Policy policy) {
    Facts facts = report.facts();
    return report
        .verdict()
        .match(
            clean -> new Outcome(Fate.PASS, CLEAN, List.of(), "", facts),
            infected -> new Outcome(Fate.INFECTED, "infected", infected.threats(), "", facts),
            unscannable ->
                new Outcome(
                    switch (policy.forUnscannable(unscannable)) {
                      case ACCEPT -> Fate.PASS;
                      case DEFER -> Fate.TRY_AGAIN;
                      case REJECT -> Fate.UNSCANNABLE;
                    },
                    UNSCANNABLE,
                    List.of(),
                    String.join(",", unscannable.texts()),
                    facts));
  }

  /** The reason, and which limits those are that the message is over: for people. */
  String reasonInWords() {
    return facts.limits().isEmpty()
        ? reason
        : reason + " (" + String.join("; ", facts.limits()) + ")";
  }

  /** It could not be found out. */
  static Outcome failed(String reason, Facts facts) {
    return new Outcome(Fate.TRY_AGAIN, FAILED, List.of(), reason, facts);
  }
}
