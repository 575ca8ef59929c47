package org.qscan.engine.scan.program;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.scan.program.ExitStatus.Meaning;
import org.qscan.engine.scan.program.OutputLine.LineKind;

/**
 * What {@code avscanner} of Sophos Protection for Linux prints, as far as public sources show it.
 * Each form of a line here has one of these sources, and a line of another form is no answer:
 *
 * <ul>
 *   <li>RUN: a user's run, MailScanner/v5 issue 657 (17 March 2023), read up to the line "1 file
 *       scanned in 6 seconds.". More lines follow it, which we do not know. So by default {@code
 *       avscanner.options} ends in {@code --log-level warn}, which suppresses them.
 *   <li>VEEAM: Veeam Backup and Replication 13, "Antivirus Configuration File"
 *       (helpcenter.veeam.com/docs/vbr/userguide/av_scan_xml.html, 15 December 2025), whose default
 *       for this scanner has that option, the pattern {@code WARN\s+Detected}, and the exit codes,
 *       which it takes from Sophos' page on on-demand scans.
 *   <li>AMAVIS: gitlab.com/amavis/amavis issue 92 (2023): {@code Detected .*? is infected}.
 *   <li>MULTIAV: a public descendant of MultiAV (class {@code CSophosScanner}, 2025), which reads
 *       its output by these patterns: {@code ERROR Failed to scan PATH as it is password
 *       protected}, the same with {@code corrupted}, {@code Failed to send scan request}, {@code
 *       Failed to scan one or more files due to an error}, {@code scan error encountered}.
 * </ul>
 *
 * <p>Unlike sweep's, its exit code 2 means a bad command line.
 */
final class AvscannerDialect implements Dialect {

  /** VEEAM. */
  private static final List<ExitStatus> STATUSES =
      List.of(
          new ExitStatus(0, Meaning.OK, "clean"),
          new ExitStatus(2, Meaning.FAILED, "bad command line"),
          new ExitStatus(8, Meaning.INCOMPLETE, "something could not be scanned"),
          new ExitStatus(16, Meaning.INCOMPLETE, "a password-protected file"),
          new ExitStatus(24, Meaning.FOUND, "a virus"),
          new ExitStatus(36, Meaning.FAILED, "aborted or ended with errors"),
          new ExitStatus(40, Meaning.FAILED, "interrupted"),
          new ExitStatus(41, Meaning.FAILED, "an internal error"));

  /** RUN. Lines before the first file; their values differ from site to site. */
  private static final String[] BANNER_PREFIXES = {
    "Logger av configured for level: ",
    "Archive scanning enabled: ",
    "Image scanning enabled: ",
    "Following symlinks: ",
  };

  /** VEEAM and MULTIAV. RUN has none, at the level INFO. */
  private static final String[] LEVELS = {"WARN ", "ERROR "};

  private static final String INFECTED = " is infected with ";

  @Override
  public @Nullable ExitStatus status(int code) {
    return ExitStatus.of(STATUSES, code);
  }

  @Override
  public OutputLine line(String line) {
    String text = withoutLevel(withoutTime(line));
    if (text.startsWith("Detected ")) { // RUN, VEEAM, AMAVIS, MULTIAV
      return new OutputLine(LineKind.DETECTION, threat(text));
    }
    return new OutputLine(kind(text), line);
  }

  /**
   * Removes a time like {@code [15:14:33] } (RUN), if there is one (MULTIAV's patterns have none).
   */
  private static String withoutTime(String line) {
    boolean stamped =
        line.length() > 10
            && line.charAt(0) == '['
            && line.charAt(3) == ':'
            && line.charAt(6) == ':'
            && line.startsWith("] ", 9);
    return stamped ? line.substring(11) : line;
  }

  private static String withoutLevel(String text) {
    for (String level : LEVELS) {
      if (text.startsWith(level)) {
        return text.substring(level.length()).stripLeading();
      }
    }
    return text;
  }

  private static LineKind kind(String text) {
    if (text.isBlank() || text.equals("End of Scan Summary:")) { // RUN
      return LineKind.NOISE;
    }
    if (text.startsWith("Failed to ")) {
      return failure(text);
    }
    if (text.startsWith("Scanning /")) { // RUN
      return LineKind.NOISE;
    }
    if (text.charAt(0) >= '0' && text.charAt(0) <= '9') {
      return summary(text);
    }
    for (String prefix : BANNER_PREFIXES) {
      if (text.startsWith(prefix)) {
        return LineKind.BANNER;
      }
    }
    return LineKind.UNKNOWN;
  }

  /**
   * MULTIAV; VEEAM has the exit code for a password. Only the end of the line counts, because a
   * name is before it, perhaps one that the sender chose. Any other failure means that something
   * was not scanned.
   */
  private static LineKind failure(String text) {
    if (text.equals("Failed to scan one or more files due to an error")) {
      return LineKind.SUMMARY_ERRORS;
    }
    if (text.endsWith(" as it is password protected")) {
      return LineKind.ENCRYPTED;
    }
    return text.endsWith(" as it is corrupted") ? LineKind.CORRUPT : LineKind.TROUBLE;
  }

  /**
   * RUN, for "1 file scanned in 6 seconds."; the plural "files" is our addition, which is safe
   * because the line can only cause doubt. MULTIAV, for "1 scan error encountered".
   */
  private static LineKind summary(String text) {
    int blank = text.indexOf(' ');
    String count = text.substring(0, Math.max(0, blank));
    for (int i = 0; i < count.length(); i++) {
      if (count.charAt(i) < '0' || count.charAt(i) > '9') {
        return LineKind.UNKNOWN;
      }
    }
    String rest = text.substring(count.length()).stripTrailing();
    if ((rest.startsWith(" file scanned in ") || rest.startsWith(" files scanned in "))
        && rest.endsWith(" seconds.")) {
      return count.equals("0")
          ? LineKind.TROUBLE
          : LineKind.NOISE; // there is always the message itself
    }
    return rest.startsWith(" scan error encountered") ? LineKind.SUMMARY_ERRORS : LineKind.UNKNOWN;
  }

  @Override
  public long filesScanned(String line) {
    String text = withoutLevel(withoutTime(line));
    int blank = text.indexOf(' ');
    boolean count =
        blank > 0 && blank < 10 && text.startsWith("scanned in ", text.indexOf(' ', blank + 1) + 1);
    return count && kind(text) == LineKind.NOISE ? Long.parseLong(text.substring(0, blank)) : -1;
  }

  /**
   * The name in {@code Detected "PATH" is infected with NAME (On Demand)}. The last occurrence of
   * the words comes from the scanner.
   */
  private static String threat(String text) {
    int words = text.lastIndexOf(INFECTED);
    if (words < 0) {
      return text.strip();
    }
    String name = text.substring(words + INFECTED.length()).strip();
    int suffix = name.lastIndexOf(" (On ");
    return suffix > 0 && name.endsWith(")") ? name.substring(0, suffix) : name;
  }
}
