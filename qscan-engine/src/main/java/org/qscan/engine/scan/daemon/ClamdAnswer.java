package org.qscan.engine.scan.daemon;

import java.util.List;
import org.qscan.engine.Verdict.Reason;
import org.qscan.engine.scan.Tally;

/** What clamd says of a file. Whatever is neither {@code OK} nor {@code FOUND} is no verdict. */
final class ClamdAnswer {

  private static final String OK = "OK";
  private static final String FOUND = " FOUND";

  private static final String ERROR = " ERROR";
  private static final String LIMITS = "Heuristics.Limits.Exceeded";

  /** 0.103's word for what mail has too much of. */
  private static final String MAIL_LIMITS = "Heuristics.Email.ExceedsMax";

  /** Said of no file by name. clamd closes the session after it. */
  static final String TOO_LONG = "INSTREAM size limit exceeded. ERROR";

  /**
   * What clamd says of a file that ends its look at it: errors of libclamav (cl_strerror) that are
   * the file's, and that it will say the next time as well. All others are the host's.
   */
  private static final List<String> OF_THE_FILE =
      List.of(
          "Can't unpack some data",
          "Can't parse data",
          "Bad format or broken data",
          "Exceeded max recursion depth",
          "Exceeded max scan size",
          "Exceeded max scan files");

  /** By AlertExceedsMax as well, but how long a scan takes is its host's business. */
  private static final String OUT_OF_TIME = LIMITS + ".MaxScanTime";

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
    if (speaksOfTheFile(said)) {
      tally.limit(endpoint + " cannot look into a part: " + said);
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
    } else if (name.startsWith(LIMITS) || name.startsWith(MAIL_LIMITS)) { // AlertExceedsMax
      tally.limit(endpoint + ": a part is over a limit of clamd.conf" + option(name) + ": " + name);
    } else {
      tally.threat(name);
    }
  }

  /** The option that sets the limit, where the name tells: {@code ...Exceeded.MaxFiles}. */
  private static String option(String name) {
    int dot = name.lastIndexOf('.');
    return name.startsWith(LIMITS + ".") ? " (" + name.substring(dot + 1) + ")" : "";
  }

  private static boolean speaksOfTheFile(String said) {
    return said.endsWith(ERROR)
        && OF_THE_FILE.contains(said.substring(0, said.length() - ERROR.length()));
  }

  private static String advice(String said) {
    if (said.equals("Exceeded time limit" + ERROR)) {
      return " (MaxScanTime: is its host too busy?)";
    }
    if (said.startsWith("Access denied.") || said.startsWith("File path check failure")) {
      return " (may clamd read it, see work.mode and clamd.transfer?)";
    }
    return "";
  }
}
