package org.qscan.engine.scan;

import java.util.List;
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
    /** Says nothing of the files: the banner, the summary's small talk. */
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

  /** What the banner's lines begin with. */
  private static final String[] BANNER = {
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
  };

  /** Whole lines that say nothing, wherever they stand. */
  private static final Set<String> SMALL_TALK =
      Set.of(
          "",
          "Full Scanning",
          "Quick Scanning",
          "Full Sweeping",
          "Quick Sweeping",
          "If you need further advice regarding any detections please visit our",
          "End of Scan.",
          "Ending Sophos Anti-Virus.");

  /**
   * Reads one line without its line end and without the bell that sweep may ring.
   *
   * <p>The name of an archive's member stands in the output as the sender wrote it, and may have a
   * newline in it, so that a line may be his. What excuses a file from being checked must therefore
   * name a path below our directory, which he cannot know; lines of the summary must be what they
   * are from the first letter to the last; and the banner counts only where it belongs.
   *
   * @param line as printed
   * @param directory what was scanned
   * @param banner whether nothing but banner and small talk has come yet
   */
  static SweepLine of(String line, String directory, boolean banner) {
    if (line.startsWith(">>> ")) {
      return new SweepLine(Kind.DETECTION, threat(line));
    }
    return new SweepLine(kind(line, directory + "/", banner), line);
  }

  private static Kind kind(String line, String below, boolean banner) {
    if (SMALL_TALK.contains(line.strip()) || isAddress(line)) {
      return Kind.NOISE;
    }
    if (line.startsWith("Password protected file " + below)
        || line.startsWith("Password-protected file " + below)) {
      return Kind.ENCRYPTED;
    }
    if (line.startsWith("Could not check " + below)) {
      return couldNotCheck(line);
    }
    if (line.startsWith("Could not check ") || line.startsWith("Could not open ")) {
      return Kind.TROUBLE;
    }
    if (line.startsWith("Aborted checking " + below) && line.contains("zip bomb")) {
      return Kind.LIMIT;
    }
    if (line.equals("Useful life of Scan has been exceeded")) {
      return Kind.STALE;
    }
    if (line.equals("No viruses were discovered.")) {
      return Kind.SUMMARY_CLEAN;
    }
    if (line.charAt(0) >= '0' && line.charAt(0) <= '9') {
      return summary(line);
    }
    return banner && isBanner(line) ? Kind.NOISE : Kind.UNKNOWN;
  }

  private static boolean isBanner(String line) {
    for (String prefix : BANNER) {
      if (line.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAddress(String line) {
    String prefix = "Threat Center at: http";
    return line.startsWith(prefix) && line.indexOf(' ', prefix.length()) < 0;
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

  private static Kind summary(String line) {
    int blank = line.indexOf(' ');
    if (blank < 0 || !isNumber(line.substring(0, blank))) {
      return Kind.UNKNOWN;
    }
    String rest = line.substring(blank);
    return switch (rest) {
      case " virus was discovered.", " viruses were discovered." -> Kind.SUMMARY_VIRUS;
      case " error was encountered.", " errors were encountered." -> Kind.SUMMARY_ERRORS;
      default -> fileCount(rest);
    };
  }

  private static Kind fileCount(String rest) {
    for (String start : List.of(" file out of ", " files out of ")) {
      if (rest.startsWith(start)) {
        int end = rest.indexOf(' ', start.length());
        return end > 0
                && isNumber(rest.substring(start.length(), end))
                && (rest.endsWith(" was infected.") || rest.endsWith(" were infected."))
                && rest.indexOf(' ', end + 1) == rest.lastIndexOf(' ')
            ? Kind.SUMMARY_VIRUS
            : Kind.UNKNOWN;
      }
    }
    for (String start :
        List.of(" file scanned in ", " files scanned in ", " file swept in ", " files swept in ")) {
      if (rest.startsWith(start)) {
        return isTime(rest.substring(start.length())) ? Kind.NOISE : Kind.UNKNOWN;
      }
    }
    return Kind.UNKNOWN;
  }

  /** "4 seconds.", "1 minute and 25 seconds." */
  private static boolean isTime(String text) {
    if (!text.endsWith(".")) {
      return false;
    }
    Set<String> words = Set.of("and", "second", "seconds", "minute", "minutes", "hour", "hours");
    for (String word : text.substring(0, text.length() - 1).replace(",", "").split(" ", -1)) {
      if (!isNumber(word) && !words.contains(word)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isNumber(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return !text.isEmpty();
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
