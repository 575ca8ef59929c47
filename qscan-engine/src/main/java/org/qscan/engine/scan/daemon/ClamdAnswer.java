package org.qscan.engine.scan.daemon;

import org.qscan.engine.Verdict.Reason;
import org.qscan.engine.scan.Tally;

/** What clamd says of a file. Whatever is neither {@code OK} nor {@code FOUND} is no verdict. */
final class ClamdAnswer {

  private static final String OK = "OK";
  private static final String FOUND = " FOUND";

  /** By AlertExceedsMax as well, but how long a scan takes is its host's business. */
  private static final String OUT_OF_TIME = "Heuristics.Limits.Exceeded.MaxScanTime";

  private ClamdAnswer() {}

  /**
   * Adds an answer to what is known of the message.
   *
   * @param subject what was asked for, as clamd repeats it: the path, or {@code stream}
   * @param endpoint for the sentences
   */
  static void addTo(Tally tally, String subject, String text, String endpoint) {
    if (!text.startsWith(subject + ": ")) {
      tally.gap(endpoint + " has no verdict: " + text);
      return;
    }
    String said = text.substring(subject.length() + 2);
    if (said.equals(OK)) {
      return;
    }
    if (!said.endsWith(FOUND) || said.length() == FOUND.length()) {
      tally.gap(endpoint + " has no verdict: " + text + advice(said));
      return;
    }
    String name = said.substring(0, said.length() - FOUND.length());
    if (name.equals(OUT_OF_TIME)) {
      tally.gap(endpoint + " has no verdict: " + text + " (MaxScanTime: is its host too busy?)");
    } else if (name.startsWith("Heuristics.Encrypted.")) {
      tally.reason(Reason.ENCRYPTED); // AlertEncrypted: what the site wants done has a key of ours
    } else if (name.startsWith("Heuristics.Limits.Exceeded")
        || name.startsWith("Heuristics.Email.ExceedsMax")) {
      tally.reason(Reason.LIMIT); // AlertExceedsMax; the latter is 0.103's word for mail
    } else {
      tally.threat(name);
    }
  }

  private static String advice(String said) {
    if (said.startsWith("Access denied.") || said.startsWith("File path check failure")) {
      return " (may clamd read it, see work.mode and clamd.transfer?)";
    }
    return "";
  }
}
