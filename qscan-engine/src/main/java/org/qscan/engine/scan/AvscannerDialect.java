package org.qscan.engine.scan;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.scan.Line.Kind;
import org.qscan.engine.scan.Status.Meaning;

/**
 * What {@code avscanner} of Sophos Protection for Linux prints. Sources: a user's run of 2023, the
 * table of exit codes that Veeam quotes from Sophos' page, and the strings in the sources that
 * Sophos has published of its Linux products. Unlike with sweep, 2 is a bad command line, and 8 is
 * given for anything left out.
 */
final class AvscannerDialect implements Dialect {

  private static final List<Status> STATUSES =
      List.of(
          new Status(0, Meaning.OK, "clean"),
          new Status(2, Meaning.FAILED, "bad command line"),
          new Status(8, Meaning.INCOMPLETE, "something could not be scanned"),
          new Status(16, Meaning.INCOMPLETE, "a password-protected file"),
          new Status(24, Meaning.FOUND, "a virus"),
          new Status(25, Meaning.FOUND, "a virus, and aborted"),
          new Status(36, Meaning.FAILED, "aborted or ended with errors"),
          new Status(40, Meaning.FAILED, "interrupted"),
          new Status(41, Meaning.FAILED, "an internal error"));

  /** Before the first file. Their values differ from site to site. */
  private static final String[] BANNER_PREFIXES = {
    "Logger av configured for level: ",
    "Archive scanning enabled: ",
    "Image scanning enabled: ",
    "Following symlinks: ",
  };

  private static final String[] LEVELS = {"INFO ", "WARN ", "ERROR "};
  private static final String INFECTED = " is infected with ";

  @Override
  public @Nullable Status status(int code) {
    return Status.of(STATUSES, code);
  }

  @Override
  public Line line(String line) {
    String text = withoutLevel(withoutTime(line));
    if (text.startsWith("Detected ")) {
      return new Line(Kind.DETECTION, threat(text));
    }
    return new Line(kind(text), line);
  }

  /** {@code [15:14:33] } in front, or not: a summary is one entry of several lines. */
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

  private static Kind kind(String text) {
    if (text.isBlank() || text.equals("End of Scan Summary:")) {
      return Kind.NOISE;
    }
    if (text.startsWith("Failed to ")) {
      return failure(text);
    }
    if (text.startsWith("Scanning of ")) { // ... was aborted
      return Kind.TROUBLE;
    }
    if (text.startsWith("Scanning /")) {
      return Kind.NOISE;
    }
    if (text.charAt(0) >= '0' && text.charAt(0) <= '9') {
      return summary(text);
    }
    for (String prefix : BANNER_PREFIXES) {
      if (text.startsWith(prefix)) {
        return Kind.BANNER;
      }
    }
    return Kind.UNKNOWN;
  }

  /** The end counts: before it stands a name, and perhaps the sender's. */
  private static Kind failure(String text) {
    if (text.equals("Failed to scan one or more files due to an error")) {
      return Kind.SUMMARY_ERRORS;
    }
    if (text.endsWith(" as it is password protected")) {
      return Kind.ENCRYPTED;
    }
    if (text.endsWith(" as it is corrupted")
        || text.endsWith(" as it is not a supported file type")) {
      return Kind.CORRUPT;
    }
    return text.endsWith(" as it is a Zip Bomb") ? Kind.LIMIT : Kind.TROUBLE;
  }

  private static Kind summary(String text) {
    int blank = text.indexOf(' ');
    String count = text.substring(0, Math.max(0, blank));
    for (int i = 0; i < count.length(); i++) {
      if (count.charAt(i) < '0' || count.charAt(i) > '9') {
        return Kind.UNKNOWN;
      }
    }
    boolean none = count.equals("0");
    String rest = text.substring(count.length()).stripTrailing();
    if (rest.startsWith(" file scanned in ") || rest.startsWith(" files scanned in ")) {
      return none ? Kind.TROUBLE : Kind.NOISE; // there is always the message itself
    }
    if (rest.startsWith(" file out of ") || rest.startsWith(" files out of ")) {
      boolean known = rest.endsWith(" infected.");
      return known ? (none ? Kind.SUMMARY_CLEAN : Kind.SUMMARY_VIRUS) : Kind.UNKNOWN;
    }
    if (rest.equals(" scan error encountered.") || rest.equals(" scan errors encountered.")) {
      return Kind.SUMMARY_ERRORS;
    }
    boolean infections =
        rest.endsWith(" infection discovered.") || rest.endsWith(" infections discovered.");
    return infections && !none ? Kind.SUMMARY_VIRUS : Kind.UNKNOWN;
  }

  @Override
  public long filesScanned(String line) {
    String text = withoutLevel(withoutTime(line));
    int blank = text.indexOf(' ');
    boolean count =
        blank > 0 && blank < 10 && text.startsWith("scanned in ", text.indexOf(' ', blank + 1) + 1);
    return count && kind(text) == Kind.NOISE ? Long.parseLong(text.substring(0, blank)) : -1;
  }

  /**
   * The name in {@code Detected "PATH" is infected with NAME (On Demand)}. The last time that the
   * words occur they are the scanner's own.
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
