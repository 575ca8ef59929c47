package org.qscan.engine.scan.program;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.process.Child;
import org.qscan.engine.process.Command;
import org.qscan.engine.process.Ending;
import org.qscan.engine.scan.BatchOpinion;
import org.qscan.engine.scan.BatchOpinions;
import org.qscan.engine.scan.CanaryRules;
import org.qscan.engine.scan.EndpointHealth;
import org.qscan.engine.scan.Finding;
import org.qscan.engine.scan.GroupScanner;
import org.qscan.engine.scan.ScanInput;
import org.qscan.engine.scan.Tally;
import org.qscan.engine.scan.VerdictCache;

/**
 * A scanner that is a program: one run over a directory, of one message or several. What its lines
 * and its exit codes mean is its {@link Dialect}'s to say, whether they agree is {@link
 * RunInterpreter}'s.
 */
public final class ProgramScanner implements GroupScanner {

  private static final Duration LONGEST_QUESTION = Duration.ofSeconds(60);

  /** The message as it came, in the directory that is scanned. */
  private static final String MESSAGE = "raw/1.eml";

  private static final String OVERRAN = " does not end with this message within scan.timeout (";

  private final String name;
  private final ProgramSettings settings;
  private final Dialect dialect;
  private final DataFiles data;
  private final List<String> versionOptions;
  private final Duration timeout;
  private final VerdictCache cache;
  private final ProgramCanary canary;
  private final boolean findingsToo;
  private final Overruns overruns;

  private ProgramScanner(
      String name,
      ProgramSettings settings,
      Dialect dialect,
      DataFiles data,
      List<String> versionOptions,
      Duration timeout,
      VerdictCache cache,
      CanaryRules rules,
      Path work,
      Overruns overruns) {
    this.name = name;
    this.settings = settings;
    this.dialect = dialect;
    this.data = data;
    this.versionOptions = versionOptions;
    this.timeout = timeout;
    this.cache = cache;
    this.findingsToo = rules.findingsToo();
    this.overruns = overruns;
    this.canary =
        new ProgramCanary(name, place(), rules, work, timeout, this::identity, this::saidOfCanary);
  }

  /**
   * Sophos' sweep, version 4 and older.
   *
   * @param timeout {@code scan.timeout}
   * @param cache of its own
   * @param rules whether it is shown canaries
   * @param work the directory that holds the sessions' directories
   */
  public static ProgramScanner sweep(
      ProgramSettings settings,
      Duration timeout,
      VerdictCache cache,
      CanaryRules rules,
      Path work) {
    return sophos("sweep", settings, timeout, cache, rules, work);
  }

  /** One that is believed without a canary: for tests of other things. */
  static ProgramScanner sweep(ProgramSettings settings, Duration timeout, VerdictCache cache) {
    return sweep(settings, timeout, cache, CanaryRules.none(), Path.of("/"));
  }

  /**
   * Sophos' savscan, versions 5 to 9: sweep's dialect under another name, in another place.
   *
   * @param timeout {@code scan.timeout}
   * @param cache of its own
   * @param rules whether it is shown canaries
   * @param work the directory that holds the sessions' directories
   */
  public static ProgramScanner savscan(
      ProgramSettings settings,
      Duration timeout,
      VerdictCache cache,
      CanaryRules rules,
      Path work) {
    return sophos("savscan", settings, timeout, cache, rules, work);
  }

  /** One that is believed without a canary: for tests of other things. */
  static ProgramScanner savscan(ProgramSettings settings, Duration timeout, VerdictCache cache) {
    return savscan(settings, timeout, cache, CanaryRules.none(), Path.of("/"));
  }

  private static ProgramScanner sophos(
      String name,
      ProgramSettings settings,
      Duration timeout,
      VerdictCache cache,
      CanaryRules rules,
      Path work) {
    return new ProgramScanner(
        name,
        settings,
        new SweepDialect(settings.options()),
        DataFiles.of(settings, rules.ticker()),
        List.of("-v"),
        timeout,
        cache,
        rules,
        work,
        new Overruns(work));
  }

  /**
   * avscanner of Sophos Protection for Linux. It tells neither its version nor where its data are.
   *
   * @param timeout {@code scan.timeout}
   * @param rules whether it is shown canaries
   * @param work the directory that holds the sessions' directories
   */
  public static ProgramScanner avscanner(
      ProgramSettings settings, Duration timeout, CanaryRules rules, Path work) {
    return new ProgramScanner(
        "avscanner",
        settings,
        new AvscannerDialect(),
        DataFiles.none(),
        List.of(),
        timeout,
        new VerdictCache(0),
        rules,
        work,
        new Overruns(work));
  }

  /** The same with another memory of overruns: for tests. */
  ProgramScanner with(Overruns other, CanaryRules rules, Path work) {
    return new ProgramScanner(
        name, settings, dialect, data, versionOptions, timeout, cache, rules, work, other);
  }

  /** One that is believed without a canary: for tests of other things. */
  static ProgramScanner avscanner(ProgramSettings settings, Duration timeout) {
    return avscanner(settings, timeout, CanaryRules.none(), Path.of("/"));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Finding scan(Path directory, String session) throws ScanFailure {
    return scan(ScanInput.in(directory), session);
  }

  @Override
  public Finding scan(ScanInput input, String session) throws ScanFailure {
    String trouble = trouble();
    if (trouble != null) {
      throw new ScanFailure(trouble);
    }
    input.files(); // as they are before the run
    Path directory = input.directory();
    Path message = directory.resolve(MESSAGE);
    if (!overruns.isEmpty() && overruns.isKnown(message, identity())) {
      return overrun("that was seen less than a day ago");
    }
    String before = state();
    ProgramCanary.Proof proof = canary.before(session);
    Ending ending = run(over(directory), session, timeout);
    if (ending.how() == Ending.How.TIMED_OUT
        && overruns.isTheMessagesOwn(ending.cpu(), timeout)
        && !namesThreat(ending)
        && Files.isRegularFile(message)) {
      canary.now(session, timeout); // or it would take as long for anything
      overruns.remember(message, identity());
      return overrun("it used a processor for " + ending.cpu().toMillis() + " ms");
    }
    Finding finding = believed(judge(ending), input);
    if (finding.threats().isEmpty() || findingsToo) {
      canary.after(proof, session);
    }
    if (finding.reasons().isEmpty() && finding.gaps().isEmpty()) {
      keep(
          input,
          AttributedParts.in(RunInterpreter.lines(ending.output()), dialect, directory),
          before);
    }
    return finding;
  }

  /** That is a fact about the message: it will take as long the next time. */
  private Finding overrun(String evidence) throws ScanFailure {
    Tally tally = new Tally();
    tally.limit(
        place() + OVERRAN + timeout.toMillis() + " ms), though this host is idle: " + evidence);
    return tally.finding();
  }

  private boolean namesThreat(Ending ending) {
    for (String line : RunInterpreter.lines(ending.output())) {
      if (dialect.line(line).kind() == OutputLine.LineKind.DETECTION) {
        return true;
      }
    }
    return false;
  }

  /** What was removed meanwhile was not scanned. A finding stands. */
  private Finding believed(Finding finding, ScanInput input) throws ScanFailure {
    String change = input.change();
    if (change.isEmpty()) {
      return finding;
    }
    if (finding.threats().isEmpty()) {
      throw new ScanFailure(place() + ": " + change);
    }
    List<String> gaps = new ArrayList<>(finding.gaps());
    gaps.add(place() + ": " + change);
    return new Finding(
        finding.threats(),
        finding.reasons(),
        gaps,
        finding.notes(),
        finding.files(),
        finding.limits());
  }

  /** Infected parts only: the raw message is never known, so a clean one takes a run anyway. */
  private void keep(ScanInput input, Map<Path, List<String>> parts, String before) {
    if (parts.isEmpty() || before.isEmpty() || !before.equals(state())) {
      return;
    }
    cache.enter(before);
    parts.forEach((part, threats) -> {
      ByteBuffer key = VerdictCache.key(input, part);
      if (key != null) {
        cache.keep(key, threats, before);
      }
    });
  }

  /** The program, how it is run, and its virus data; empty if these are not known. */
  private String state() {
    String files = cache.isOn() ? data.state() : "";
    return files.isEmpty() ? "" : settings + "\0" + DataFiles.identity(settings.program()) + files;
  }

  @Override
  public List<String> knownThreats(ScanInput input) {
    if (!cache.holdsThreats()) {
      return List.of();
    }
    String now = state();
    if (now.isEmpty()) {
      cache.forget();
      return List.of();
    }
    cache.enter(now);
    return cache.knownThreats(input);
  }

  @Override
  public VerdictCache.Figures cacheFigures() {
    return cache.figures();
  }

  /** The program, how it is run, and its virus data where they are known. */
  private String identity() {
    return settings + "\0" + DataFiles.identity(settings.program()) + data.state();
  }

  /** Runs it over a directory with the canary alone; null if it finds it. */
  private @Nullable String saidOfCanary(Path directory, String session) throws IOException {
    String trouble = trouble();
    if (trouble != null) {
      throw new IOException(trouble);
    }
    try {
      Finding finding = judge(run(over(directory), session, timeout));
      return finding.threats().isEmpty()
          ? "it ended without naming a virus (" + finding.verdict() + ")"
          : null;
    } catch (ScanFailure e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private List<String> over(Path directory) {
    List<String> arguments = new ArrayList<>(settings.options());
    arguments.add(directory.toString());
    return arguments;
  }

  /**
   * One run over the directory that holds all of them: the command line is that of a single
   * message, and a wrapper around the program that knows of one directory does not leave any out.
   * It is believed only where it says of none of them anything, and otherwise leaves the evidence
   * that all are clean: the same that {@link #scan} asks of a single one, judged by the same judge.
   * With one message infected, the exit status no longer says of the others that there was no
   * error: so nothing is believed of them either.
   */
  @Override
  public BatchOpinions scanTogether(Path root, List<Path> directories, String session) {
    String trouble = trouble();
    if (trouble != null) {
      return BatchOpinions.all(directories, BatchOpinion.failed(trouble), trouble);
    }
    try {
      ProgramCanary.Proof proof = canary.before(session);
      BatchOpinions opinions =
          judgeTogether(run(over(root), session, timeout.dividedBy(2)), directories);
      canary.after(proof, session);
      return opinions;
    } catch (ScanFailure e) {
      return BatchOpinions.all(directories, BatchOpinion.failed(e.getMessage()), e.getMessage());
    }
  }

  /** What one run over several directories says of each. */
  BatchOpinions judgeTogether(Ending ending, List<Path> directories) {
    List<String> lines = RunInterpreter.lines(ending.output());
    String why;
    try {
      Finding finding = judge(ending);
      if (finding.isSpotless() && countsAtLeast(directories.size(), lines)) {
        return BatchOpinions.all(directories, BatchOpinion.clean(finding.notes()), "");
      }
      why = place() + " had something to say of one or more of " + directories.size() + " messages";
    } catch (ScanFailure e) {
      why = e.getMessage();
    }
    Map<Path, BatchOpinion> each = new HashMap<>();
    for (Path named : MentionedMessages.in(lines, dialect, directories)) {
      each.put(named, BatchOpinion.SPOKEN_OF);
    }
    return new BatchOpinions(each, ending.how() == Ending.How.TIMED_OUT, why);
  }

  /** A scanner whose count is evidence has seen one file of each message at least. */
  private boolean countsAtLeast(int messages, List<String> lines) {
    for (String line : lines) {
      long files = dialect.filesScanned(line);
      if (files >= 0 && files < messages) {
        return false;
      }
    }
    return true;
  }

  /** The meaning of how the program ended and of what it printed. */
  Finding judge(Ending ending) throws ScanFailure {
    return new RunInterpreter(name, place(), dialect).judge(ending);
  }

  private Ending run(List<String> arguments, String session, Duration patience) {
    List<String> argv = new ArrayList<>();
    argv.add(settings.program().toString());
    argv.addAll(arguments);
    Map<String, String> variables = new HashMap<>(Command.OWN);
    variables.putAll(settings.environment());
    Command command =
        new Command(argv, variables, session, patience, Duration.ZERO, 0, Command.OUTPUT_LIMIT);
    return Child.start(command, Command.NO_INPUT).await(patience);
  }

  private String place() {
    return name + ".program " + settings.program();
  }

  private @Nullable String trouble() {
    Path program = settings.program();
    return Files.isExecutable(program) && !Files.isDirectory(program)
        ? null
        : place() + " is missing or not executable";
  }

  @Override
  public @Nullable Instant dataDate() {
    return data.date();
  }

  @Override
  public List<EndpointHealth> health(String session) {
    String trouble = trouble();
    if (trouble != null) {
      return List.of(EndpointHealth.failed(settings.program().toString(), trouble));
    }
    List<String> failures = canary.isProven() ? List.of() : tryCanary(session, timeout);
    if (!failures.isEmpty()) {
      return List.of(EndpointHealth.failed(settings.program().toString(), failures.get(0)));
    }
    String version = versionOptions.isEmpty() ? "" : version(session);
    return List.of(
        new EndpointHealth(settings.program().toString(), version, dataDate(), List.of(), null));
  }

  @Override
  public List<String> tryCanary(String session, Duration atMost) {
    try {
      canary.now(session, atMost);
      return List.of();
    } catch (ScanFailure e) {
      return List.of(e.getMessage());
    }
  }

  @Override
  public boolean canaryTakesSlot() {
    return true;
  }

  /**
   * The version as {@code -v} prints it: lines like "Engine version : 3.74.2". Whoever prints none
   * may still scan well.
   */
  private String version(String session) {
    Duration patience = timeout.compareTo(LONGEST_QUESTION) < 0 ? timeout : LONGEST_QUESTION;
    Ending ending = run(versionOptions, session, patience);
    StringBuilder version = new StringBuilder();
    for (String line : new String(ending.output(), StandardCharsets.ISO_8859_1).split("\n", -1)) {
      int colon = line.indexOf(':');
      String what = colon < 0 ? "" : line.substring(0, colon).strip();
      switch (what) {
        case "Product version", "Engine version", "Virus data version", "Released" ->
            version
                .append(version.length() == 0 ? "" : ", ")
                .append(what.toLowerCase(java.util.Locale.ROOT))
                .append(' ')
                .append(line.substring(colon + 1).strip());
        default -> {}
      }
    }
    return version.toString();
  }
}
