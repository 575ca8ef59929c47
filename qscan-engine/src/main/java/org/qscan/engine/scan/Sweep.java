package org.qscan.engine.scan;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.Verdict;
import org.qscan.engine.process.Child;
import org.qscan.engine.process.Command;
import org.qscan.engine.process.Ending;

/**
 * Sophos' {@code sweep}: one run over the directory of a message. Its exit status and its text must
 * agree, and every line must be one we know; else the result is unknown, and that is a {@link
 * ScanFailure}.
 */
public final class Sweep implements Scanner {

  private final Path program;
  private final List<String> options;
  private final Map<String, String> environment;
  private final boolean extended;
  private final Duration timeout;

  /**
   * sweep at this path.
   *
   * @param program {@code sweep.program}
   * @param options {@code sweep.options}; {@code -eec} among them changes the exit codes
   * @param environment {@code sweep.environment}
   * @param timeout {@code scan.timeout}
   */
  public Sweep(
      Path program, List<String> options, Map<String, String> environment, Duration timeout) {
    this.program = program;
    this.options = List.copyOf(options);
    this.environment = Map.copyOf(environment);
    this.extended = options.lastIndexOf("-eec") > options.lastIndexOf("-neec");
    this.timeout = timeout;
  }

  @Override
  public String name() {
    return "sweep";
  }

  @Override
  public Finding scan(Path directory, String session) throws ScanFailure {
    if (!Files.isExecutable(program) || Files.isDirectory(program)) {
      throw new ScanFailure("sweep.program " + program + " is missing or not executable");
    }
    List<String> argv = new ArrayList<>();
    argv.add(program.toString());
    argv.addAll(options);
    argv.add(directory.toString());
    Map<String, String> variables = new HashMap<>(Command.OWN);
    variables.putAll(environment);
    Command command =
        new Command(argv, variables, session, timeout, Duration.ZERO, 0, Command.OUTPUT_LIMIT);
    return judge(Child.start(command, Command.NO_INPUT).await(timeout));
  }

  /** The meaning of how sweep ended and of what it printed. */
  Finding judge(Ending ending) throws ScanFailure {
    if (ending.how() == Ending.How.TIMED_OUT) {
      throw unknown("did not end within scan.timeout and was killed");
    }
    if (ending.how() != Ending.How.EXITED) {
      throw unknown(ending.inWords());
    }
    SweepStatus status = SweepStatus.of(ending.code(), extended);
    if (status == null) {
      throw unknown(ending.inWords() + ", which is none of its own");
    }
    Finding finding = judge(status, read(ending.output()));
    if (ending.strays() > 0 && !(finding.verdict() instanceof Verdict.Infected)) {
      // Whoever was still at it had not said all. A finding stands, whatever is missing.
      throw unknown("left " + ending.strays() + " processes behind, which were killed");
    }
    return finding;
  }

  private Finding judge(SweepStatus status, List<SweepLine> lines) throws ScanFailure {
    List<String> notes = new ArrayList<>();
    List<String> trouble = new ArrayList<>();
    Set<String> threats = new LinkedHashSet<>();
    EnumSet<Verdict.Reason> reasons = EnumSet.noneOf(Verdict.Reason.class);
    EnumSet<SweepLine.Kind> kinds = EnumSet.noneOf(SweepLine.Kind.class);
    for (SweepLine line : lines) {
      switch (line.kind()) {
        case BANNER -> {
          if (!Collections.disjoint(kinds, SweepLine.Kind.OF_FILES)) {
            throw unknown("printed its banner in the wrong place: " + line.detail());
          }
        }
        case UNKNOWN -> throw unknown("printed a line that is not known: " + line.detail());
        case TROUBLE -> trouble.add(line.detail());
        case DETECTION -> threats.add(line.detail());
        case STALE -> notes.add("sweep: the virus data are out of date");
        case ENCRYPTED, CORRUPT, LIMIT -> reasons.add(line.kind().reason());
        case NOISE, SUMMARY_CLEAN, SUMMARY_VIRUS, SUMMARY_ERRORS -> {}
      }
      kinds.add(line.kind());
    }
    if (!trouble.isEmpty() && threats.isEmpty()) {
      throw unknown("could not scan all: " + trouble.get(0));
    }
    checkAgreement(status, !threats.isEmpty(), !reasons.isEmpty(), kinds);
    if (!threats.isEmpty()) {
      trouble.forEach(line -> notes.add("sweep: " + line));
      return new Finding(new Verdict.Infected(List.copyOf(threats)), notes);
    }
    return reasons.isEmpty()
        ? new Finding(new Verdict.Clean(), notes)
        : new Finding(new Verdict.Unscannable(List.copyOf(reasons)), notes);
  }

  /** Status and text must say the same; what they disagree on is unknown. */
  private void checkAgreement(
      SweepStatus status, boolean threats, boolean reasons, Set<SweepLine.Kind> kinds)
      throws ScanFailure {
    boolean agree =
        switch (status.meaning()) {
          case OK ->
              !threats
                  && !reasons
                  && !kinds.contains(SweepLine.Kind.SUMMARY_VIRUS)
                  && !kinds.contains(SweepLine.Kind.SUMMARY_ERRORS);
          case INCOMPLETE -> !threats && reasons && !kinds.contains(SweepLine.Kind.SUMMARY_VIRUS);
          case FOUND -> threats && !kinds.contains(SweepLine.Kind.SUMMARY_CLEAN);
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

  private static List<SweepLine> read(byte[] output) {
    List<SweepLine> lines = new ArrayList<>();
    String text = new String(output, StandardCharsets.ISO_8859_1);
    int from = 0;
    while (from < text.length()) {
      int end = text.indexOf('\n', from);
      end = end < 0 ? text.length() : end;
      lines.add(SweepLine.of(text.substring(from, end).replace("\r", "").replace("\u0007", "")));
      from = end + 1;
    }
    return lines;
  }

  private ScanFailure unknown(String what) {
    return new ScanFailure("sweep.program " + program + " " + what);
  }
}
