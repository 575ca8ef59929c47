package org.qscan.engine.scan.program;

import static org.qscan.engine.scan.program.OutputLine.LineKind.SUMMARY_CLEAN;
import static org.qscan.engine.scan.program.OutputLine.LineKind.SUMMARY_ERRORS;
import static org.qscan.engine.scan.program.OutputLine.LineKind.SUMMARY_VIRUS;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.process.Ending;
import org.qscan.engine.scan.FileFinding;
import org.qscan.engine.scan.Finding;
import org.qscan.engine.scan.Tally;

/**
 * The meaning of how a scanning program ended and of what it printed. Its exit status and its text
 * must agree, and every line must be one that its dialect knows; else the result is unknown, and
 * that is a {@link ScanFailure}. One judge for one run.
 */
final class RunInterpreter {

  private final String name;
  private final String program;
  private final Dialect dialect;
  private final Tally tally = new Tally();
  private final EnumSet<OutputLine.LineKind> kinds = EnumSet.noneOf(OutputLine.LineKind.class);

  /**
   * For one run.
   *
   * @param name the scanner's, for notes
   * @param program key and path, for failures
   * @param dialect the program's
   */
  RunInterpreter(String name, String program, Dialect dialect) {
    this.name = name;
    this.program = program;
    this.dialect = dialect;
  }

  Finding judge(Ending ending) throws ScanFailure {
    if (ending.how() == Ending.How.TIMED_OUT) {
      throw unknown("did not end within scan.timeout and was killed");
    }
    if (ending.how() != Ending.How.EXITED) {
      throw unknown(ending.inWords());
    }
    ExitStatus status = dialect.status(ending.code());
    if (status == null) {
      throw unknown(ending.inWords() + ", which it does not document" + lastWords(ending));
    }
    read(ending.output());
    // Whatever else it says: what could not be opened was not scanned. A finding stands.
    Finding finding = tally.finding();
    checkAgreement(status);
    if (ending.strays() > 0) {
      // Whoever was still at it had not said all.
      tally.gap(sentence("left " + ending.strays() + " processes behind, which were killed"));
      finding = tally.finding();
    }
    return finding;
  }

  /** What it printed often says why: "sh: 1: exec: /opt/sweep: Permission denied". */
  private static String lastWords(Ending ending) {
    String said = new String(ending.output(), StandardCharsets.ISO_8859_1).strip();
    int line = said.lastIndexOf('\n');
    return said.isEmpty() ? "" : ": " + said.substring(line + 1);
  }

  private void read(byte[] output) throws ScanFailure {
    for (String line : lines(output)) {
      count(dialect.line(line), line);
    }
  }

  /** The lines of an output, without their ends. */
  static List<String> lines(byte[] output) {
    List<String> lines = new ArrayList<>();
    String text = new String(output, StandardCharsets.ISO_8859_1);
    int from = 0;
    while (from < text.length()) {
      int end = text.indexOf('\n', from);
      end = end < 0 ? text.length() : end;
      // sweep rings the bell at a finding unless told not to.
      lines.add(text.substring(from, end).replace("\r", "").replace("\u0007", ""));
      from = end + 1;
    }
    return lines;
  }

  private void count(OutputLine line, String words) throws ScanFailure {
    switch (line.kind()) {
      case BANNER -> {
        if (!Collections.disjoint(kinds, OutputLine.LineKind.OF_FILES)) {
          throw unknown("printed its banner in the wrong place: " + line.detail());
        }
      }
      case UNKNOWN -> throw unknown("printed an unknown line: " + line.detail());
      case TROUBLE -> tally.gap(sentence("could not scan everything: " + line.detail()));
      case DETECTION -> {
        tally.threat(line.detail());
        tally.file(new FileFinding(words, List.of(line.detail()), List.of()));
      }
      case STALE -> tally.note(name + ": the virus data are out of date");
      case ENCRYPTED, CORRUPT, LIMIT -> {
        tally.reason(line.kind().reason());
        if (line.kind() == OutputLine.LineKind.LIMIT) {
          tally.limit(sentence("gave up a part as a bomb: " + line.detail()));
        }
        tally.file(new FileFinding(words, List.of(), List.of(line.kind().reason())));
      }
      case NOISE, SUMMARY_CLEAN, SUMMARY_VIRUS, SUMMARY_ERRORS -> {}
    }
    kinds.add(line.kind());
  }

  /** Status and text must say the same; what they disagree on is unknown. */
  private void checkAgreement(ExitStatus status) throws ScanFailure {
    boolean threats = tally.hasThreats();
    boolean reasons = tally.hasReasons();
    boolean virus = kinds.contains(SUMMARY_VIRUS);
    boolean agree =
        switch (status.meaning()) {
          case OK -> !threats && !reasons && !virus && !kinds.contains(SUMMARY_ERRORS);
          case INCOMPLETE -> !threats && reasons && !virus;
          case FOUND -> threats && !kinds.contains(SUMMARY_CLEAN);
          case FAILED -> throw unknown("gave " + status.inWords());
        };
    if (!agree) {
      throw unknown(
          "contradicts itself: "
              + status.inWords()
              + ", but its text says "
              + says(threats, reasons));
    }
  }

  private static String says(boolean threats, boolean reasons) {
    if (threats) {
      return "that something was found";
    }
    return reasons
        ? "that a part could not be checked"
        : "neither what was found nor what was left out";
  }

  private String sentence(String what) {
    return program + " " + what;
  }

  private ScanFailure unknown(String what) {
    return new ScanFailure(sentence(what)).withSeen(tally.threats());
  }
}
