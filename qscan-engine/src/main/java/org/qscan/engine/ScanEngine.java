package org.qscan.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.batch.Arrival;
import org.qscan.engine.batch.Batches;
import org.qscan.engine.extract.Extractor;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.extract.Mime4j;
import org.qscan.engine.extract.Ripmime;
import org.qscan.engine.gate.Gate;
import org.qscan.engine.gate.Janitor;
import org.qscan.engine.gate.Occupancy;
import org.qscan.engine.gate.Patience;
import org.qscan.engine.gate.SessionLease;
import org.qscan.engine.gate.Slot;
import org.qscan.engine.gate.WorkDirectory;
import org.qscan.engine.mime.GenerousExtractor;
import org.qscan.engine.process.ProcessTree;
import org.qscan.engine.rules.RuleTiers;
import org.qscan.engine.scan.Alarms;
import org.qscan.engine.scan.CanaryRules;
import org.qscan.engine.scan.IgnoredThreats;
import org.qscan.engine.scan.Panel;
import org.qscan.engine.scan.ScannerHealth;
import org.qscan.engine.scan.VerdictCache;
import org.qscan.engine.scan.VirusScanner;
import org.qscan.engine.scan.daemon.DaemonScanner;
import org.qscan.engine.scan.program.ProgramScanner;
import org.qscan.engine.store.Effort;
import org.qscan.engine.store.Ledger;
import org.qscan.engine.store.MemoryBudget;
import org.qscan.engine.time.Ticker;

/**
 * Scans messages: call {@link #open()} for each message, and you get its session. One engine serves
 * any number of messages at the same time. Any number of engines, in any number of processes, share
 * one work directory and one limit on scans.
 */
public final class ScanEngine {

  private static final Duration CLEAN_EVERY = Duration.ofMinutes(1);

  private final EngineConfig config;
  private final WorkDirectory work;
  private final Gate gate;
  private final Batches batches;
  private final List<Extractor> extractors;
  private final Panel panel;
  private final Alarms alarms;
  private final MemoryBudget memory;
  private final Ticker ticker;
  private final AtomicLong cleaned;

  private ScanEngine(
      EngineConfig config,
      WorkDirectory work,
      List<Extractor> extractors,
      Panel panel,
      Alarms alarms,
      Ticker ticker) {
    this.ticker = ticker;
    this.cleaned = new AtomicLong(ticker.nanos());
    this.config = config;
    this.work = work;
    this.gate = new Gate(work, config.slots(), ProcessTree::end);
    this.extractors = extractors;
    this.panel = panel;
    this.alarms = alarms;
    Ledger ledger = Ledger.ofThisProcess();
    this.memory =
        panel.needsFiles()
            ? MemoryBudget.ofParts(config.extractMemory(), ledger)
            : new MemoryBudget(config.extractMemory(), ledger);
    this.batches =
        new Batches(
            work, gate, panel, config.batchMessages(), config.batchBytes(), config.scanTimeout());
  }

  /**
   * An engine with this configuration. Checks the work directory and cleans up after processes that
   * were killed.
   *
   * @throws ScanFailure if the work directory cannot be used
   */
  public static ScanEngine of(EngineConfig config) throws ScanFailure {
    WorkDirectory work = WorkDirectory.open(config.workDirectory(), config.groupReads());
    Alarms alarms = new Alarms();
    ScanEngine engine =
        new ScanEngine(
            config, work, extractors(config), panel(config, work, alarms), alarms, Ticker.SYSTEM);
    engine.clean();
    return engine;
  }

  private static List<Extractor> extractors(EngineConfig config) {
    Limits limits = new Limits(config.maxParts(), config.maxDepth(), config.maxBytes());
    List<Extractor> extractors = new ArrayList<>();
    for (String name : config.extractors()) {
      extractors.add(
          switch (name) {
            case "ripmime" -> new Ripmime(config.ripmime(), config.extractCpu(), limits);
            case "mime4j" -> new Mime4j(limits);
            case "generous" ->
                new GenerousExtractor(
                    limits, RuleTiers.of(config.mimeRules(), config.mimeMonitor()));
            default -> throw new IllegalArgumentException("extractors: " + name);
          });
    }
    return extractors;
  }

  private static Panel panel(EngineConfig config, WorkDirectory work, Alarms alarms) {
    CanaryRules rules =
        new CanaryRules(
            true,
            config.confirmByCanary(),
            config.canaryEvery(),
            !config.ignoredThreats().isEmpty(),
            config.groupReads(),
            alarms,
            Ticker.SYSTEM);
    return new Panel(
        scanners(config, rules, work.path()),
        config.requireAll(),
        new IgnoredThreats(config.ignoredThreats()),
        config.dataMaxAge(),
        config.scanTimeout());
  }

  private static List<VirusScanner> scanners(EngineConfig config, CanaryRules rules, Path work) {
    Duration timeout = config.scanTimeout();
    List<VirusScanner> scanners = new ArrayList<>();
    if (config.scansNothing()) {
      return List.of();
    }
    for (String name : config.scanners()) {
      scanners.add(
          switch (name) {
            case "sweep" ->
                ProgramScanner.sweep(config.sweep(), timeout, cache(config), rules, work);
            case "savscan" ->
                ProgramScanner.savscan(config.savscan(), timeout, cache(config), rules, work);
            case "avscanner" -> ProgramScanner.avscanner(config.avscanner(), timeout, rules, work);
            case "savdi" ->
                DaemonScanner.savdi(
                    config.savdi(), config.savdiOptions(), timeout, cache(config), rules, work);
            case "clamd" ->
                DaemonScanner.clamd(config.clamd(), timeout, cache(config), rules, work);
            default -> throw new IllegalArgumentException("scanners: " + name);
          });
    }
    return scanners;
  }

  private static VerdictCache cache(EngineConfig config) {
    int scanners = Math.max(1, config.scanners().size());
    long most = Runtime.getRuntime().maxMemory() / 16 / scanners / VerdictCache.ENTRY;
    return new VerdictCache((int) Math.min(config.cacheEntries(), most));
  }

  /** What the caches of verdicts have done so far. */
  public VerdictCache.Figures cacheFigures() {
    return panel.cacheFigures();
  }

  /**
   * Opens a session for one message. Close it whatever happens.
   *
   * @throws ScanFailure if its directory cannot be made
   */
  public ScanSession open() throws ScanFailure {
    Ledger.@Nullable Reservation room;
    try {
      room = Ledger.ofThisProcess().await(true, config.patience());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ScanFailure("interrupted while waiting for memory to take the message apart");
    }
    if (room == null) {
      throw new ScanFailure(
          "no memory became free within gate.patience "
              + Patience.of(config.patience())
              + " to take this message apart: other messages filled the heap of "
              + (Runtime.getRuntime().maxMemory() >> 20)
              + " MiB (-Xmx)");
    }
    return open(room, Effort.any(), "", !memory.isForMessages());
  }

  /**
   * Opens a session for a caller that decides itself whose turn it is, and that has the whole
   * message already. Nothing begins before {@link ScanSession#receive}.
   *
   * @param room memory for the readers of the message; the session gives it back, even if it fails
   * @param effort what the message may cost in this process; if {@link ScanSession#isTooCostly} is
   *     true afterwards, the message was not judged
   * @param sender the messages of one sender take turns with those of others when they wait to
   *     share a run
   * @throws ScanFailure if its directory cannot be made
   */
  public ScanSession open(Ledger.Reservation room, Effort effort, String sender)
      throws ScanFailure {
    return open(room, effort, sender, false);
  }

  private ScanSession open(Ledger.Reservation room, Effort effort, String sender, boolean atOnce)
      throws ScanFailure {
    boolean opened = false;
    try {
      cleanNowAndThen();
      SessionLease lease = memory.isForMessages() ? work.reserve() : work.enter();
      ScanSession session =
          ScanSession.open(
              config,
              lease,
              gate,
              batches,
              extractors,
              panel,
              memory.share(effort, room),
              atOnce,
              effort,
              sender);
      opened = true;
      return session;
    } finally {
      if (!opened) {
        room.close();
      }
    }
  }

  /**
   * Tells the engine that a message has arrived and has to wait for its session. This is for a
   * caller that limits how many messages are taken apart at a time. Close the result when {@link
   * ScanSession#receive} has returned, because the session counts as an arrival from then on.
   */
  public Arrival arrive() {
    return batches.arrive();
  }

  /**
   * How many messages one run of the scanners may scan together; 1 if each message has its own run.
   * If it is more, a front end should have as many threads in {@link ScanSession#scan()} at a time.
   */
  public int largestBatch() {
    return batches.mostMessages();
  }

  /**
   * The longest time from the end of a message to its verdict: extraction, {@code gate.patience},
   * and the runs of the scanners, which work side by side. If messages share runs, one message may
   * need several.
   */
  public Duration longest() {
    return config.extractTimeout().plus(config.patience()).plus(batches.longest());
  }

  /** Waits for a short time until shared runs are cleaned up. Call it before the process ends. */
  public void rest() {
    batches.rest();
  }

  /** How many messages wait for a run to share. */
  public int waiting() {
    return batches.waiting();
  }

  /**
   * The state of each scanner: versions, age of the virus data, what the operator should change.
   * This takes as long as a scan. It is for {@code qscan check}, and for a daemon's log at its
   * start and its health check.
   *
   * @throws ScanFailure if the work directory cannot be used
   */
  public List<ScannerHealth> scannerHealth() throws ScanFailure {
    try (SessionLease lease = work.enter()) {
      return panel.health(lease.id());
    }
  }

  /**
   * Shows every scanner the EICAR test file, at each of its addresses, in the same way as mail.
   * This is for a process that accepts mail only when its scanners are known to work: at its start,
   * and before a new configuration takes effect.
   *
   * @param atMost how long to wait at most; a scanner that has not answered by then causes an alarm
   * @return a sentence for the operator about each scanner that did not find it; empty if all did.
   *     Even then, mail can be scanned if another address of the same scanner found it
   */
  public List<String> tryCanaries(Duration atMost) {
    long end = ticker.nanos() + atMost.toNanos();
    try (SessionLease lease = work.enter()) {
      if (!panel.canariesTakeSlot()) {
        return panel.tryCanaries(lease.id(), atMost);
      }
      try (Slot slot = gate.enter(lease, Patience.of(atMost))) {
        List<String> failures =
            panel.tryCanaries(lease.id(), Duration.ofNanos(Math.max(1, end - ticker.nanos())));
        if (!ProcessTree.end(lease.id())) {
          slot.keep();
        }
        return failures;
      }
    } catch (ScanFailure e) {
      return List.of("the EICAR test file could not be shown to the scanners: " + e.getMessage());
    }
  }

  /**
   * Tells this listener, from now on, when a scanner stops finding the EICAR test file or finds it
   * again. Scanners that do not find it now are told at once.
   *
   * @param listener is called by the thread of a message, so it must not wait
   */
  public void onAlarm(Alarms.AlarmListener listener) {
    alarms.listen(listener);
  }

  /**
   * A sentence for each scanner that does not find the EICAR test file now. This asks no scanner.
   */
  public List<String> alarms() {
    return alarms.current();
  }

  /**
   * The readers that take each message apart: {@code extractors}, with the names that {@code auto}
   * stands for.
   */
  public List<String> readers() {
    return config.extractors();
  }

  /**
   * How full the gate is, for all front ends of the host together.
   *
   * @throws ScanFailure if the work directory cannot be read
   */
  public Occupancy gate() throws ScanFailure {
    return gate.occupancy();
  }

  /** The date of each scanner's virus data, if it is known. This asks no scanner. */
  public Map<String, Instant> dataDates() {
    Map<String, Instant> dates = new LinkedHashMap<>();
    for (VirusScanner scanner : panel.scanners()) {
      Instant date = scanner.dataDate();
      if (date != null) {
        dates.put(scanner.name(), date);
      }
    }
    return dates;
  }

  /** A sentence that the operator must read when the process starts, or an empty text. */
  public String alarm() {
    return config.scansNothing()
        ? "scanners=none: NO MAIL IS SCANNED, all of it passes; for benchmarks only"
        : "";
  }

  /**
   * Whether any scanner is a daemon. It costs little to ask a daemon for its state, and its own
   * settings matter.
   */
  public boolean asksDaemons() {
    return config.scanners().contains("savdi") || config.scanners().contains("clamd");
  }

  /**
   * The result of {@link #scannerHealth}, as failures and warnings. This takes as long as a scan.
   */
  public Health askScanners() {
    List<String> failures = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    if (!alarm().isEmpty()) {
      failures.add(alarm());
    }
    try {
      for (ScannerHealth health : scannerHealth()) {
        String sentence = health.scanner() + ": " + health.sentence();
        switch (health.level()) {
          case GOOD -> {}
          case WARNING -> warnings.add(sentence);
          case FAILED -> failures.add(sentence);
        }
      }
    } catch (ScanFailure e) {
      failures.add(e.getMessage());
    }
    return new Health(failures, warnings);
  }

  /**
   * Checks whether messages could be scanned now: the work directory, the programs. It starts no
   * program, so it can be called every minute.
   */
  public Health health() {
    return Health.of(config);
  }

  /**
   * Checks whether the work directory is complete, and makes again whatever QScan may make there.
   * Each session does the same when it needs the directory. This method is for a process that
   * reports to its operator.
   *
   * @return what was made again since the last call, a sentence each
   * @throws ScanFailure if the work directory itself is missing or unsafe, which only the operator
   *     can repair
   */
  public List<String> lookAfter() throws ScanFailure {
    return work.lookAfter();
  }

  /**
   * Cleans up from time to time, in a process that lives long: other processes may have been killed
   * meanwhile, and files that could not be removed earlier (for example, because there were no free
   * descriptors) can be removed now.
   */
  private void cleanNowAndThen() {
    long last = cleaned.get();
    long now = ticker.nanos();
    if (now - last < CLEAN_EVERY.toNanos() || !cleaned.compareAndSet(last, now)) {
      return;
    }
    try {
      clean();
    } catch (ScanFailure e) {
      // The next session that is opened reports what is wrong with the directory.
    }
  }

  /**
   * Removes the files that killed processes left in the work directory, and ends the children that
   * they left running.
   *
   * @return the ids of the dead sessions
   * @throws ScanFailure if the work directory cannot be read
   */
  public List<String> clean() throws ScanFailure {
    try {
      return new Janitor(work, ProcessTree::end).clean();
    } catch (IOException e) {
      throw new ScanFailure("the janitor cannot read work.directory " + work.path(), e);
    }
  }
}
