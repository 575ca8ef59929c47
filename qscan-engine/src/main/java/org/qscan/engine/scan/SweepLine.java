package org.qscan.engine.scan;

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

  private static final String[] NOISE_PREFIXES = {
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
    "If you need further advice regarding any detections please visit our",
    "Threat Center at:",
    "End of Scan.",
    "Ending Sophos Anti-Virus.",
  };

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
    if (line.startsWith("Aborted checking ") && line.contains("zip bomb")) {
      return Kind.LIMIT;
    }
    if (line.startsWith("Useful life of Scan has been exceeded")) {
      return Kind.STALE;
    }
    if (isCount(line)) {
      return summary(line);
    }
    if (line.equals("No viruses were discovered.")) {
      return Kind.SUMMARY_CLEAN;
    }
    for (String prefix : NOISE_PREFIXES) {
      if (line.startsWith(prefix)) {
        return Kind.NOISE;
      }
    }
    return Kind.UNKNOWN;
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
    return rest.startsWith(" file scanned in ")
            || rest.startsWith(" files scanned in ")
            || rest.startsWith(" file swept in ")
            || rest.startsWith(" files swept in ")
        ? Kind.NOISE
        : Kind.UNKNOWN;
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
