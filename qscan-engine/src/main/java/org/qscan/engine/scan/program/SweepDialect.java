package org.qscan.engine.scan.program;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.scan.program.ExitStatus.Meaning;
import org.qscan.engine.scan.program.OutputLine.LineKind;

/**
 * What {@code sweep} and its successor {@code savscan} print. The forms of lines are those of the
 * samples collected from public sources (SAVScan 5.21 to 5.53, sweep 4). The exit codes come in two
 * sets, the plain one and the extended one of option {@code -eec}; sources: a system integrator's
 * list, sweep 4.20's manual page, and a public upload filter, which agree.
 */
final class SweepDialect implements Dialect {

  private static final List<ExitStatus> PLAIN =
      List.of(
          new ExitStatus(0, Meaning.OK, "no error, no virus"),
          new ExitStatus(1, Meaning.FAILED, "interrupted or killed"),
          // Seen for encrypted files too.
          new ExitStatus(2, Meaning.INCOMPLETE, "an error, or something that could not be checked"),
          new ExitStatus(3, Meaning.FOUND, "a virus or a fragment of one"));

  private static final List<ExitStatus> EXTENDED =
      List.of(
          new ExitStatus(0, Meaning.OK, "no error, no virus"),
          new ExitStatus(8, Meaning.INCOMPLETE, "an error that could be survived"),
          new ExitStatus(12, Meaning.OK, "compressed files, unpacked"),
          new ExitStatus(16, Meaning.INCOMPLETE, "compressed files that could not be unpacked"),
          new ExitStatus(20, Meaning.FOUND, "a virus, disinfected"),
          new ExitStatus(24, Meaning.FOUND, "a virus"),
          new ExitStatus(28, Meaning.FOUND, "a virus in memory"),
          new ExitStatus(32, Meaning.FAILED, "integrity check failed"),
          new ExitStatus(36, Meaning.FAILED, "an error that could not be survived"),
          new ExitStatus(40, Meaning.FAILED, "interrupted"));

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

  private static final String FOUND_IN_FILE = "' found in file ";
  private static final String THREAT_CENTER = "Threat Center at: ";

  private final boolean extended;

  /**
   * The dialect under these options.
   *
   * @param options {@code -eec} among them changes the exit codes; of contradictory ones the last
   *     counts
   */
  SweepDialect(List<String> options) {
    this.extended = options.lastIndexOf("-eec") > options.lastIndexOf("-neec");
  }

  @Override
  public @Nullable ExitStatus status(int code) {
    return ExitStatus.of(extended ? EXTENDED : PLAIN, code);
  }

  @Override
  public OutputLine line(String line) {
    if (line.startsWith(">>> ")) {
      return new OutputLine(LineKind.DETECTION, threat(line));
    }
    return new OutputLine(kind(line), line);
  }

  private static LineKind kind(String line) {
    if (line.isBlank()) {
      return LineKind.NOISE;
    }
    if (line.startsWith("Password protected file ")
        || line.startsWith("Password-protected file ")) {
      return LineKind.ENCRYPTED;
    }
    if (line.startsWith("Could not check ")) {
      return couldNotCheck(line);
    }
    if (line.startsWith("Could not open ")) {
      return LineKind.TROUBLE;
    }
    if (line.startsWith("Aborted checking ") && saysBomb(line)) {
      return LineKind.LIMIT;
    }
    if (isCount(line)) {
      return summary(line);
    }
    for (String prefix : BANNER_PREFIXES) {
      if (line.startsWith(prefix)) {
        return LineKind.BANNER;
      }
    }
    return switch (line) {
      case "Useful life of Scan has been exceeded" -> LineKind.STALE;
      case "No viruses were discovered." -> LineKind.SUMMARY_CLEAN;
      case "If you need further advice regarding any detections please visit our",
          "End of Scan.",
          "Ending Sophos Anti-Virus." ->
          LineKind.NOISE;
      default -> isThreatCenter(line) ? LineKind.NOISE : LineKind.UNKNOWN;
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
  private static LineKind couldNotCheck(String line) {
    int bracket = line.lastIndexOf('(');
    String reason = bracket < 0 || !line.endsWith(")") ? "" : line.substring(bracket);
    return switch (reason) {
      case "(corrupt)", "(format not supported)" -> LineKind.CORRUPT;
      case "(File was encrypted)" -> LineKind.ENCRYPTED;
      default -> LineKind.TROUBLE;
    };
  }

  private static boolean isCount(String line) {
    return line.charAt(0) >= '0' && line.charAt(0) <= '9';
  }

  private static LineKind summary(String line) {
    int blank = line.indexOf(' ');
    String count = blank < 0 ? line : line.substring(0, blank);
    for (int i = 0; i < count.length(); i++) {
      if (count.charAt(i) < '0' || count.charAt(i) > '9') {
        return LineKind.UNKNOWN;
      }
    }
    return switch (blank < 0 ? "" : line.substring(blank)) {
      case " virus was discovered.", " viruses were discovered." -> LineKind.SUMMARY_VIRUS;
      case " error was encountered.", " errors were encountered." -> LineKind.SUMMARY_ERRORS;
      default -> fileCount(line.substring(Math.max(0, blank)));
    };
  }

  private static LineKind fileCount(String rest) {
    if (rest.startsWith(" file out of ") || rest.startsWith(" files out of ")) {
      return rest.endsWith(" infected.") ? LineKind.SUMMARY_VIRUS : LineKind.UNKNOWN;
    }
    boolean count =
        rest.startsWith(" file scanned in ")
            || rest.startsWith(" files scanned in ")
            || rest.startsWith(" file swept in ")
            || rest.startsWith(" files swept in ");
    return count && rest.endsWith(".") ? LineKind.NOISE : LineKind.UNKNOWN;
  }

  /** What follows in {@code >>> Virus 'NAME' found in file PATH}. */
  @Override
  public String file(String line) {
    int found = line.indexOf(FOUND_IN_FILE);
    return found < 0 ? "" : line.substring(found + FOUND_IN_FILE.length());
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
