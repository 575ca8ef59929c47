package org.qscan.engine.scan;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.Verdict;
import org.qscan.engine.time.Latch;
import org.qscan.engine.time.Ticker;

/**
 * All scanners of the site. They are asked at the same time, and the panel waits for all answers.
 * The table shows the result ({@code scanners.require}):
 *
 * <pre>
 * answers                                    all           any
 * one or more found something                infected      infected
 * none found, all answered, one unscannable  unscannable   unscannable
 * none found, all answered, none of those    clean         clean
 * none found, some failed                    failure       as the others say
 * all failed                                 failure       failure
 * </pre>
 *
 * <p>If there is no scanner ({@code scanners=none}), every message is unscannable with the reason
 * "unscanned".
 */
public final class Panel {

  /**
   * Each scanner observes {@code scan.timeout} itself. If one is so much later than that, the panel
   * does not wait for it any longer.
   */
  private static final Duration GRACE = Duration.ofSeconds(30);

  private final List<VirusScanner> scanners;
  private final boolean requireAll;
  private final IgnoredThreats ignored;
  private final DataAge age;
  private final Duration timeout;
  private final Duration patience;
  private final Ticker ticker;

  /**
   * A panel of these scanners.
   *
   * @param scanners {@code scanners}
   * @param requireAll whether {@code scanners.require} is all
   * @param ignored {@code ignore.threats}
   * @param maxAge {@code data.max-age}
   * @param timeout {@code scan.timeout}, which each of the scanners observes
   */
  public Panel(
      List<VirusScanner> scanners,
      boolean requireAll,
      IgnoredThreats ignored,
      Duration maxAge,
      Duration timeout) {
    this(scanners, requireAll, ignored, maxAge, timeout, Ticker.SYSTEM);
  }

  /** With another time; for tests. */
  Panel(
      List<VirusScanner> scanners,
      boolean requireAll,
      IgnoredThreats ignored,
      Duration maxAge,
      Duration timeout,
      Ticker ticker) {
    this.scanners = List.copyOf(scanners);
    this.requireAll = requireAll;
    this.ignored = ignored;
    this.age = new DataAge(maxAge);
    this.timeout = timeout;
    this.patience = timeout.plus(GRACE);
    this.ticker = ticker;
  }

  /** The scanners, in the order of the configuration. */
  public List<VirusScanner> scanners() {
    return scanners;
  }

  /** Notes for the log line of every message, whatever its verdict. */
  public List<String> notes() {
    return scanners.isEmpty() ? List.of("scanners=none: unscanned") : List.of();
  }

  /** Whether there is no scanner ({@code scanners=none}). */
  public boolean isEmpty() {
    return scanners.isEmpty();
  }

  /** The finding for a message if there is no scanner. */
  public Finding nobody() {
    return new Finding(List.of(), List.of(Verdict.Reason.UNSCANNED), List.of(), List.of());
  }

  /**
   * Asks all of them.
   *
   * @param directory as in {@link VirusScanner#scan(Path, String)}
   * @param session as in {@link VirusScanner#scan(Path, String)}
   * @param notes gets what the operator should know, whatever comes of it
   * @return what they say together, without the notes
   * @throws ScanFailure if too few of them answered
   */
  public Finding scan(Path directory, String session, List<String> notes) throws ScanFailure {
    return scan(ScanInput.in(directory), session, notes);
  }

  /**
   * Asks all of them.
   *
   * @param input files, if any of them {@linkplain #needsFiles needs} these
   * @param session as in {@link VirusScanner#scan(Path, String)}
   * @param notes gets what the operator should know, whatever comes of it
   * @return what they say together, without the notes
   * @throws ScanFailure if too few of them answered
   */
  public Finding scan(ScanInput input, String session, List<String> notes) throws ScanFailure {
    return scan(input, session, notes, new ArrayList<>(), new ArrayList<>());
  }

  /** Whether any scanner needs files. */
  public boolean needsFiles() {
    for (VirusScanner scanner : scanners) {
      if (scanner.needsFiles()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Asks all of them.
   *
   * @param input files, if any of them {@linkplain #needsFiles needs} these
   * @param session as in {@link VirusScanner#scan(Path, String)}
   * @param notes gets what the operator should know, whatever comes of it
   * @param reports gets what each of them says, whatever comes of it
   * @param seen gets the threats that were named in answers which cannot be believed as a whole
   * @return what they say together, without the notes
   * @throws ScanFailure if too few of them answered
   */
  public Finding scan(
      ScanInput input,
      String session,
      List<String> notes,
      List<ScannerReport> reports,
      List<String> seen)
      throws ScanFailure {
    if (isEmpty()) {
      return nobody();
    }
    List<Inquiry<Finding>> inquiries = new ArrayList<>(scanners.size());
    for (VirusScanner scanner : scanners) {
      inquiries.add(new Inquiry<>(scanner, ticker, () -> scanner.scan(input, session)));
    }
    ask(inquiries, session);
    Tally tally = new Tally();
    int answered = 0;
    ScanFailure failure = null;
    for (Inquiry<Finding> inquiry : inquiries) {
      try {
        Finding finding = ignored.leaveOut(inquiry.answer());
        answered++;
        reports.add(inquiry.report(finding, ""));
        tally.addVerdict(finding);
        notes.addAll(finding.notes());
        notes.addAll(finding.limits());
        notes.addAll(finding.gaps());
      } catch (ScanFailure e) {
        failure = e;
        seen.addAll(e.seen());
        notes.add(e.getMessage());
        reports.add(inquiry.report(null, String.valueOf(e.getMessage())));
      }
      age.note(inquiry.scanner, notes);
    }
    if (failure != null && !tally.hasThreats() && (requireAll || answered == 0)) {
      throw new ScanFailure(failure.getMessage()).withSeen(seen);
    }
    return tally.finding();
  }

  /**
   * The threats in these files that the caches know already. No scanner is asked, so no slot is
   * needed.
   *
   * @param input as in {@link #scan(ScanInput, String, List)}
   * @param notes gets what the operator should know, if anything is found
   * @return a finding with threats, or null
   */
  public @Nullable Finding known(ScanInput input, List<String> notes) {
    for (VirusScanner scanner : scanners) {
      List<String> threats = scanner.knownThreats(input);
      try {
        Finding finding = ignored.leaveOut(new Finding(threats, List.of(), List.of(), List.of()));
        if (!finding.threats().isEmpty()) {
          notes.addAll(finding.notes());
          notes.add(scanner.name() + ": known by its content");
          return finding;
        }
      } catch (ScanFailure e) {
        notes.add(e.getMessage()); // cannot be: there are no gaps
      }
    }
    return null;
  }

  /** What the caches of the scanners have done. */
  public VerdictCache.Figures cacheFigures() {
    VerdictCache.Figures sum = new VerdictCache.Figures(0, 0, 0);
    for (VirusScanner scanner : scanners) {
      sum = sum.and(scanner.cacheFigures());
    }
    return sum;
  }

  /**
   * Whether any scanner can scan several messages in one run, so that {@link #scanTogether} saves
   * time.
   */
  public boolean scansTogether() {
    for (VirusScanner scanner : scanners) {
      if (scanner instanceof GroupScanner) {
        return true;
      }
    }
    return false;
  }

  /**
   * Asks all scanners about several messages: a program once for all messages, a daemon for each
   * message in turn. The table above holds here as well, but the result tells only which messages
   * are clean.
   *
   * @param root as in {@link VirusScanner#scan(Path, String)}; holds these directories and nothing
   *     else
   * @param directories one or more, one for each message, directly below the root
   * @param session as in {@link VirusScanner#scan(Path, String)}
   */
  public BatchResult scanTogether(Path root, List<Path> directories, String session) {
    List<Inquiry<BatchOpinions>> inquiries = new ArrayList<>(scanners.size());
    for (VirusScanner scanner : scanners) {
      inquiries.add(
          new Inquiry<>(scanner, ticker, () -> opinions(scanner, root, directories, session)));
    }
    ask(inquiries, session);
    List<BatchOpinions> all = new ArrayList<>();
    List<String> common = new ArrayList<>();
    boolean late = false;
    String why = "";
    for (Inquiry<BatchOpinions> inquiry : inquiries) {
      BatchOpinions opinions;
      try {
        opinions = inquiry.answer();
      } catch (ScanFailure e) {
        opinions = new BatchOpinions(Map.of(), true, String.valueOf(e.getMessage()));
      }
      all.add(opinions);
      late |= opinions.late();
      why = why.isEmpty() ? opinions.why() : why;
      age.note(inquiry.scanner, common);
    }
    return join(directories, all, common, late, why);
  }

  private BatchResult join(
      List<Path> directories,
      List<BatchOpinions> all,
      List<String> common,
      boolean late,
      String why) {
    Map<Path, List<String>> clean = new HashMap<>();
    Set<Path> named = new HashSet<>();
    for (Path directory : directories) {
      EnumSet<BatchOpinion.OpinionKind> kinds = EnumSet.noneOf(BatchOpinion.OpinionKind.class);
      List<String> notes = new ArrayList<>();
      for (BatchOpinions opinions : all) {
        BatchOpinion opinion = opinions.of(directory);
        kinds.add(opinion.kind());
        notes.addAll(opinion.notes());
      }
      notes.addAll(common);
      if (isClean(kinds)) {
        clean.put(directory, notes);
      } else if (kinds.contains(BatchOpinion.OpinionKind.SPOKEN_OF)
          || kinds.contains(BatchOpinion.OpinionKind.FAILED)) {
        named.add(directory);
      }
    }
    return new BatchResult(clean, named, late, why);
  }

  private boolean isClean(Set<BatchOpinion.OpinionKind> kinds) {
    boolean answered = kinds.contains(BatchOpinion.OpinionKind.CLEAN);
    boolean failed = kinds.contains(BatchOpinion.OpinionKind.FAILED);
    boolean more =
        kinds.contains(BatchOpinion.OpinionKind.SPOKEN_OF)
            || kinds.contains(BatchOpinion.OpinionKind.DOUBT);
    return answered && !more && !(failed && requireAll);
  }

  /**
   * Asks a scanner about all messages within half of {@code scan.timeout}. Those that are left over
   * are scanned alone.
   */
  private BatchOpinions opinions(
      VirusScanner scanner, Path root, List<Path> directories, String session) {
    if (scanner instanceof GroupScanner group) {
      return group.scanTogether(root, directories, session);
    }
    long end = ticker.nanos() + timeout.toNanos() / 2;
    Map<Path, BatchOpinion> each = new HashMap<>();
    String why = "";
    for (Path directory : directories) {
      if (ticker.nanos() - end >= 0) {
        return new BatchOpinions(
            each, true, scanner.name() + " did not answer for all files in time");
      }
      try {
        each.put(directory, BatchOpinion.of(scanner.scan(directory, session)));
      } catch (ScanFailure e) {
        why = String.valueOf(e.getMessage());
        each.put(directory, BatchOpinion.failed(why));
      }
    }
    return new BatchOpinions(each, false, why);
  }

  /**
   * Asks all scanners. The calling thread asks the first one, so that a single scanner needs no
   * other thread.
   */
  private <T> void ask(List<Inquiry<T>> inquiries, String session) {
    for (int i = 1; i < inquiries.size(); i++) {
      inquiries.get(i).start();
    }
    inquiries.get(0).run();
    long end = ticker.nanos() + patience.toNanos();
    for (int i = 1; i < inquiries.size(); i++) {
      if (!inquiries.get(i).isDone(end - ticker.nanos())) {
        inquiries.get(i).scanner.cancel(session);
      }
    }
  }

  /** Ends the scans of this session, see {@link VirusScanner#cancel}. */
  public void cancel(String session) {
    for (VirusScanner scanner : scanners) {
      scanner.cancel(session);
    }
  }

  /** Whether one of them may start child processes. */
  public boolean startsChildren() {
    for (VirusScanner scanner : scanners) {
      if (scanner.startsChildren()) {
        return true;
      }
    }
    return false;
  }

  /** Whether any scanner needs a slot when it is shown a canary. */
  public boolean canariesTakeSlot() {
    for (VirusScanner scanner : scanners) {
      if (scanner.canaryTakesSlot()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Shows all scanners the EICAR test file, at the same time.
   *
   * @param session as in {@link VirusScanner#tryCanary}
   * @param atMost the time for all; a scanner that has not answered by then counts as one that did
   *     not find it
   * @return as in {@link VirusScanner#tryCanary}, for all scanners together
   */
  public List<String> tryCanaries(String session, Duration atMost) {
    List<Inquiry<List<String>>> inquiries = new ArrayList<>(scanners.size());
    for (VirusScanner scanner : scanners) {
      inquiries.add(new Inquiry<>(scanner, ticker, () -> scanner.tryCanary(session, atMost)));
    }
    inquiries.forEach(Inquiry::start);
    long end = ticker.nanos() + atMost.toNanos();
    List<String> failures = new ArrayList<>();
    for (Inquiry<List<String>> inquiry : inquiries) {
      if (!inquiry.isDone(end - ticker.nanos())) {
        inquiry.scanner.cancel(session);
      }
      try {
        failures.addAll(inquiry.answer());
      } catch (ScanFailure e) {
        failures.add(
            inquiry.scanner.name()
                + " has not found the EICAR test file within "
                + atMost.toSeconds()
                + "s");
      }
    }
    return failures;
  }

  /**
   * The state of all scanners, for the operator. This takes as long as a scan.
   *
   * @param session marks children
   */
  public List<ScannerHealth> health(String session) {
    List<ScannerHealth> all = new ArrayList<>();
    for (VirusScanner scanner : scanners) {
      all.addAll(ScannerHealth.of(scanner, session, age.limit(), Instant.now()));
    }
    return all;
  }

  /** A question to a scanner. */
  private interface ScannerCall<T> {
    T ask() throws ScanFailure;
  }

  /** One scanner's answer. */
  private static final class Inquiry<T> implements Runnable {
    private final VirusScanner scanner;
    private final ScannerCall<T> question;
    private final Ticker ticker;
    private final Latch done;
    private final long begun;
    private volatile long ended;
    private volatile @Nullable T answer;
    private volatile @Nullable ScanFailure failure;

    Inquiry(VirusScanner scanner, Ticker ticker, ScannerCall<T> question) {
      this.scanner = scanner;
      this.ticker = ticker;
      this.done = new Latch(ticker);
      this.begun = ticker.nanos();
      this.ended = begun;
      this.question = question;
    }

    void start() {
      Thread thread = new Thread(this, "qscan-scanner-" + scanner.name());
      thread.setDaemon(true);
      try {
        thread.start();
      } catch (Error e) { // no more threads: one scanner the less has answered, no more
        failure = new ScanFailure(scanner.name() + " could not be asked", e);
        done.open();
      }
    }

    @Override
    public void run() {
      try {
        answer = question.ask();
      } catch (ScanFailure e) {
        failure = e;
      } catch (RuntimeException | Error e) { // ours: no answer, and none of the others is lost
        failure = new ScanFailure(scanner.name() + " could not be asked", e);
      } finally {
        ended = ticker.nanos();
        done.open();
      }
    }

    ScannerReport report(@Nullable Finding finding, String why) {
      return new ScannerReport(
          scanner.name(), finding, why, TimeUnit.NANOSECONDS.toMillis(ended - begun));
    }

    boolean isDone(long nanos) {
      try {
        return done.await(nanos);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    T answer() throws ScanFailure {
      T given = answer;
      if (given != null) {
        return given;
      }
      ScanFailure why = failure;
      throw why != null ? why : new ScanFailure(scanner.name() + " does not answer");
    }
  }
}
