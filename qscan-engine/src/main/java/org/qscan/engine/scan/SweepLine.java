package org.qscan.engine.scan;

import java.util.Set;
import org.qscan.engine.Verdict.Reason;

/**
 * A line of sweep's output and what it means. The forms are those of the samples collected from
 * public sources (SAVScan 5.21 to 5.53, sweep 4); a line that has none of them is {@link
 * Kind#UNKNOWN}, never noise.
 *
 * @param kind what it says
 * @param detail the threat's name for a detection, the whole line for trouble
 */
record SweepLine(Kind kind, String detail) {

  enum Kind {
    /** Says nothing of the files, and comes before any line that does; else it is unknown. */
    BANNER,
    /** Says nothing of the files: the summary's small talk. */
    NOISE,
    /** "No viruses were discovered." Never evidence: said of a missing file as well. */
    SUMMARY_CLEAN,
    /** "1 virus was discovered." Never evidence by itself; without a detection a contradiction. */
    SUMMARY_VIRUS,
    /** "1 error was encountered." Never evidence by itself; with exit status 0 a contradiction. */
    SUMMARY_ERRORS,
    /** The virus data are old; printed even with -ss. */
    STALE,
    /** Something was found: the line begins with {@code >>> }, whatever its second word. */
    DETECTION,
    /** A part is encrypted. */
    ENCRYPTED,
    /** A part is damaged or of an unknown format. */
    CORRUPT,
    /** Given up as a bomb. */
    LIMIT,
    /** Something was not scanned for a reason that lies with us. */
    TROUBLE,
    /** None of the forms we know. */
    UNKNOWN;

    /** The lines that hold the name of a file, and so perhaps one that the sender chose. */
    static final Set<Kind> OF_FILES = Set.of(DETECTION, ENCRYPTED, CORRUPT, LIMIT, TROUBLE);

    /** The reason for which the message is unscannable, for the three kinds that have one. */
    Reason reason() {
      return switch (this) {
        case ENCRYPTED -> Reason.ENCRYPTED;
        case CORRUPT -> Reason.CORRUPT;
        case LIMIT -> Reason.LIMIT;
        default -> throw new IllegalStateException(name());
      };
    }
  }

  /*
   * Beginnings of lines of which the rest differs from run to run. They count only before the first
   * line that names a file: the name of a member of an archive is the sender's, may hold line ends,
   * and what follows it in "Could not check NAME (REASON)" must not become the end of a banner.
   */
  private static final String[] BANNER_PREFIXES = {
    "SAVScan virus detection utility",
    "SWEEP virus detection utility",
    "Sophos Anti-Virus",
    "Version ",
    "Virus data version ",
    "Includes detection for ",
    "Copyright ",
    "System time ",
    "Command line qualifiers are:",
    "IDE directory is:",
    "Using IDE file ",
    "Full Scanning",
    "Quick Scanning",
    "Full Sweeping",
    "Quick Sweeping",
  };

  private static final String THREAT_CENTER = "Threat Center at: ";

  /** Reads one line without its line end. The bell that sweep may ring is dropped before. */
  static SweepLine of(String line) {
    if (line.startsWith(">>> ")) {
      return new SweepLine(Kind.DETECTION, threat(line));
    }
    return new SweepLine(kind(line), line);
  }

  private static Kind kind(String line) {
    if (line.isBlank()) {
      return Kind.NOISE;
    }
    if (line.startsWith("Password protected file ")
        || line.startsWith("Password-protected file ")) {
      return Kind.ENCRYPTED;
    }
    if (line.startsWith("Could not check ")) {
      return couldNotCheck(line);
    }
    if (line.startsWith("Could not open ")) {
      return Kind.TROUBLE;
    }
    if (line.startsWith("Aborted checking ") && saysBomb(line)) {
      return Kind.LIMIT;
    }
    if (isCount(line)) {
      return summary(line);
    }
    for (String prefix : BANNER_PREFIXES) {
      if (line.startsWith(prefix)) {
        return Kind.BANNER;
      }
    }
    return switch (line) {
      case "Useful life of Scan has been exceeded" -> Kind.STALE;
      case "No viruses were discovered." -> Kind.SUMMARY_CLEAN;
      case "If you need further advice regarding any detections please visit our",
          "End of Scan.",
          "Ending Sophos Anti-Virus." ->
          Kind.NOISE;
      default -> isThreatCenter(line) ? Kind.NOISE : Kind.UNKNOWN;
    };
  }

  private static boolean isThreatCenter(String line) {
    return line.startsWith(THREAT_CENTER) && line.indexOf(' ', THREAT_CENTER.length()) < 0;
  }

  /** At the end, or a name could say so; in quotes or not, the copy of the manual leaves open. */
  private static boolean saysBomb(String line) {
    return line.endsWith("zip bomb") || line.endsWith("zip bomb'") || line.endsWith("zip bomb'.");
  }

  /**
   * The reason stands in brackets at the end. Those named in MailScanner's documentation: corrupt;
   * format not supported; File was encrypted; The main body of virus data is out of date.
   */
  private static Kind couldNotCheck(String line) {
    int bracket = line.lastIndexOf('(');
    String reason = bracket < 0 || !line.endsWith(")") ? "" : line.substring(bracket);
    return switch (reason) {
      case "(corrupt)", "(format not supported)" -> Kind.CORRUPT;
      case "(File was encrypted)" -> Kind.ENCRYPTED;
      default -> Kind.TROUBLE;
    };
  }

  private static boolean isCount(String line) {
    return line.charAt(0) >= '0' && line.charAt(0) <= '9';
  }

  private static Kind summary(String line) {
    int blank = line.indexOf(' ');
    String count = blank < 0 ? line : line.substring(0, blank);
    for (int i = 0; i < count.length(); i++) {
      if (count.charAt(i) < '0' || count.charAt(i) > '9') {
        return Kind.UNKNOWN;
      }
    }
    return switch (blank < 0 ? "" : line.substring(blank)) {
      case " virus was discovered.", " viruses were discovered." -> Kind.SUMMARY_VIRUS;
      case " error was encountered.", " errors were encountered." -> Kind.SUMMARY_ERRORS;
      default -> fileCount(line.substring(Math.max(0, blank)));
    };
  }

  private static Kind fileCount(String rest) {
    if (rest.startsWith(" file out of ") || rest.startsWith(" files out of ")) {
      return rest.endsWith(" infected.") ? Kind.SUMMARY_VIRUS : Kind.UNKNOWN;
    }
    boolean count =
        rest.startsWith(" file scanned in ")
            || rest.startsWith(" files scanned in ")
            || rest.startsWith(" file swept in ")
            || rest.startsWith(" files swept in ");
    return count && rest.endsWith(".") ? Kind.NOISE : Kind.UNKNOWN;
  }

  /**
   * The name in {@code >>> Virus 'NAME' found in file PATH}; amavisd allows for its quotes to be
   * missing. The path is not looked at: its form has changed over the years (relative, absolute),
   * and products that needed it have delivered viruses.
   */
  private static String threat(String line) {
    int found = line.indexOf(" found in ");
    String what = found < 0 ? line.substring(4) : line.substring(4, found);
    int open = what.indexOf('\'');
    int close = what.lastIndexOf('\'');
    if (open >= 0 && close > open + 1) {
      return what.substring(open + 1, close);
    }
    int last = what.strip().lastIndexOf(' ');
    String word = what.strip().substring(last + 1);
    return word.isEmpty() ? line.strip() : word;
  }
}
