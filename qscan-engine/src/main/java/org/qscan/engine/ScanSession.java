package org.qscan.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.batch.Arrival;
import org.qscan.engine.batch.BatchAnswer;
import org.qscan.engine.batch.BatchMember;
import org.qscan.engine.batch.Batches;
import org.qscan.engine.extract.Extractor;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.extract.Views;
import org.qscan.engine.gate.Gate;
import org.qscan.engine.gate.Patience;
import org.qscan.engine.gate.SessionLease;
import org.qscan.engine.gate.Slot;
import org.qscan.engine.plain.Oddity;
import org.qscan.engine.plain.PlainGrammar;
import org.qscan.engine.plain.Plainness;
import org.qscan.engine.process.ProcessTree;
import org.qscan.engine.scan.Finding;
import org.qscan.engine.scan.Panel;
import org.qscan.engine.scan.ScanInput;
import org.qscan.engine.scan.ScannerReport;
import org.qscan.engine.scan.Tally;
import org.qscan.engine.store.Effort;
import org.qscan.engine.store.MemoryBudget;
import org.qscan.engine.store.SessionDirectory;

/**
 * The scan of one message, from its first octet to the verdict. The order of calls:
 *
 * <ol>
 *   <li>{@link #follow()}, any number of times: a stream that reads the message as it arrives;
 *   <li>{@link #receive}, once: takes the message;
 *   <li>{@link #extract()}, if the caller wants to know when that is done; otherwise it is a part
 *       of the next step;
 *   <li>{@link #scan()} or {@link #explain()}, once;
 *   <li>{@link #close()}, always: removes the directory and ends whatever still runs.
 * </ol>
 *
 * <p>A call out of this order throws an {@link IllegalStateException} at once. One thread may use a
 * session, but any thread may call {@link #close()} to end it.
 */
public final class ScanSession implements AutoCloseable {

  private final EngineConfig config;
  private final SessionLease lease;
  private final Gate gate;
  private final Batches batches;
  private final BatchMember member;
  private final Panel panel;
  private final Views views;
  private final Reception reception;
  private final Stage stage = new Stage();
  private final Effort effort;
  private final List<String> notes = new ArrayList<>();
  private final List<ScannerReport> reports = new ArrayList<>();
  private final List<String> seen = new ArrayList<>();
  private final List<String> limits = new ArrayList<>(); // of scanners
  private final long started = System.nanoTime();
  private Timings timings = Timings.NONE;
  private long lap = started; // when the last step ended
  private int batch = 1;
  private volatile @Nullable Arrival arrival;
  private @Nullable ScanInput input;
  private @Nullable Plainness plainness; // null: nobody has looked

  private ScanSession(
      EngineConfig config,
      SessionLease lease,
      Gate gate,
      Batches batches,
      Views views,
      Panel panel,
      Effort effort,
      String sender) {
    this.config = config;
    this.lease = lease;
    this.gate = gate;
    this.batches = batches;
    this.member = batches.member(views.directory(), views.message().file(), sender);
    this.views = views;
    this.reception = new Reception(views, lease.directory());
    this.panel = panel;
    this.effort = effort;
  }

  static ScanSession open(
      EngineConfig config,
      SessionLease lease,
      Gate gate,
      Batches batches,
      List<Extractor> extractors,
      Panel panel,
      MemoryBudget memory)
      throws ScanFailure {
    return open(
        config,
        lease,
        gate,
        batches,
        extractors,
        panel,
        memory.share(Effort.any(), null),
        !memory.isForMessages(),
        Effort.any(),
        "");
  }

  static ScanSession open(
      EngineConfig config,
      SessionLease lease,
      Gate gate,
      Batches batches,
      List<Extractor> extractors,
      Panel panel,
      MemoryBudget.Share share,
      boolean atOnce,
      Effort effort,
      String sender)
      throws ScanFailure {
    boolean opened = false;
    try {
      if (atOnce) {
        lease.settle();
      }
      Limits limits = new Limits(config.maxParts(), config.maxDepth(), config.maxBytes());
      Views views =
          Views.start(
              home(lease), lease.id(), extractors, limits, config.groupReads(), share, atOnce);
      opened = true;
      return new ScanSession(config, lease, gate, batches, views, panel, effort, sender);
    } catch (IOException e) {
      throw new ScanFailure("cannot begin a session in " + lease.directory(), e);
    } finally {
      if (!opened) {
        share.close();
        lease.close();
      }
    }
  }

  private static SessionDirectory home(SessionLease lease) {
    return new SessionDirectory() {
      @Override
      public Path path() {
        return lease.directory();
      }

      @Override
      public void make() throws IOException {
        try {
          lease.settle();
        } catch (ScanFailure e) {
          throw new IOException(e.getMessage(), e);
        }
      }
    };
  }

  /** The session's id. It is the name of the session's directory, and the log has it. */
  public String id() {
    return lease.id();
  }

  /**
   * The session's directory; a front end may keep small files of its own there.
   *
   * @throws ScanFailure if it cannot be made
   */
  public Path directory() throws ScanFailure {
    lease.settle();
    return lease.directory();
  }

  /**
   * Another stream that reads the message as it arrives. It ends only when the whole message has
   * been received. If receiving fails, reading from it fails.
   */
  public InputStream follow() throws ScanFailure {
    try {
      return views.message().follow();
    } catch (IOException e) {
      throw new ScanFailure("cannot read " + views.message().file(), e);
    }
  }

  /**
   * Reads the message to its end and hands it to all that follow, as it comes. Takes no slot: a
   * slow sender costs nobody else a scan.
   *
   * @param message read to its end, not closed
   * @throws ScanFailure if it cannot be read, or cannot be kept
   * @throws IllegalStateException if this is not the first call of {@code receive}
   */
  public void receive(InputStream message) throws ScanFailure {
    stage.beginReceiving();
    reception.read(message);
    received();
  }

  /**
   * Takes a message that is in memory already.
   *
   * @param message must not be changed before the session is closed
   * @param length how many of these octets belong to the message
   * @throws ScanFailure if it cannot be kept
   * @throws IllegalStateException if this is not the first call of {@code receive}
   */
  public void receive(byte[] message, int length) throws ScanFailure {
    stage.beginReceiving();
    reception.take(message, length);
    received();
  }

  /** A message that writes itself, as James' do. */
  @FunctionalInterface
  public interface Source {
    /**
     * Writes the whole message.
     *
     * @param out the stream to write to, which must not be closed
     * @throws IOException if it cannot be read, or {@code out} cannot be written
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Like {@link #receive(InputStream)}, for a message that writes itself in place of being read. No
   * copy of it is held in memory.
   *
   * @param message writes itself
   * @throws ScanFailure if it cannot be read, or cannot be kept
   * @throws IllegalStateException if this is not the first call of {@code receive}
   */
  public void receive(Source message) throws ScanFailure {
    stage.beginReceiving();
    reception.drain(message);
    received();
  }

  private void received() {
    arrival = batches.arrive();
    views.message().complete();
    stage.received();
    timings = timings.plusReceive(lap());
  }

  /** Ends a step now, and returns the time since the end of the step before. */
  private Duration lap() {
    return lapAt(System.nanoTime());
  }

  /** Ends a step that ended a little earlier, at the given time. */
  private Duration lapAt(long now) {
    Duration passed = Duration.ofNanos(Math.max(0, now - lap));
    lap = now;
    return passed;
  }

  /**
   * Finishes the views, waits for a slot, scans.
   *
   * @return the verdict with everything that was seen; or why QScan could not find out what the
   *     message is, with what was seen until then
   * @throws IllegalStateException if no message has been received, if {@link #extract()} has
   *     failed, or if this session has scanned before
   */
  public Outcome scan() {
    return scan(config.patience());
  }

  /**
   * Like {@link #scan()}, for a caller who cannot wait as long as {@code gate.patience}: a part of
   * that is over.
   *
   * @param patience how long to wait for a slot at most
   * @throws IllegalStateException as {@link #scan()} does
   */
  public Outcome scan(Duration patience) {
    boolean extract = stage.beginScan("scan()");
    try {
      if (extract) {
        finishViews();
      }
      Verdict verdict = judge(Patience.of(config.patience(), patience));
      failIfClosed();
      return Outcome.judged(verdict, facts());
    } catch (ScanFailure e) {
      return Outcome.failed(e.getMessage(), facts());
    }
  }

  private Verdict judge(Patience patience) throws ScanFailure {
    failIfTooCostly();
    if (panel.isEmpty()) {
      return verdict(panel.nobody()); // no scan, and no slot for it
    }
    Finding known = panel.known(input(), notes);
    if (known != null) {
      return verdict(known);
    }
    BatchAnswer answer = share(patience);
    return answer == null || answer.isGoAlone()
        ? scanAlone(patience.after(member.waited()))
        : verdict(answer);
  }

  /**
   * The input for the scanners. It is collected once, because files have to be scanned as they were
   * when they were complete.
   */
  private ScanInput input() throws ScanFailure {
    ScanInput known = input;
    if (known == null) {
      known = collect();
      input = known;
      member.shows(known);
    }
    return known;
  }

  /**
   * Collects the input: octets in memory if no scanner needs files and there was room, files
   * otherwise.
   */
  private ScanInput collect() throws ScanFailure {
    Map<Path, ByteBuffer> octets = panel.needsFiles() ? null : views.inMemory();
    if (octets != null) {
      return ScanInput.inMemory(views.directory(), octets).withTwins(views.twins());
    }
    try {
      views.toFiles();
      return ScanInput.asItIs(views.directory()).withTwins(views.twins());
    } catch (IOException e) {
      throw new ScanFailure("cannot write the parts of the message to " + lease.directory(), e);
    }
  }

  /**
   * Does what {@link #scan()} does, and reports everything that it sees. The message is scanned
   * alone, even if a threat is known already. At the gate, it waits like any other message. A
   * failure is reported as well, with what was seen until then.
   *
   * @throws IllegalStateException as {@link #scan()} does
   */
  public Explanation explain() {
    boolean extract = stage.beginScan("explain()");
    views.remember();
    views.keepTrees();
    Outcome outcome;
    try {
      if (extract) {
        finishViews();
      }
      arrived();
      batches.beginAlone();
      Verdict verdict = scanAlone(Patience.of(config.patience()));
      failIfClosed();
      outcome = Outcome.judged(verdict, facts());
    } catch (ScanFailure e) {
      outcome = Outcome.failed(e.getMessage(), facts());
    }
    return new Explanation(outcome, form(), views.seen(), List.copyOf(reports), views.directory());
  }

  /** Whether the message is plain, in a file by the grammar alone; null if nobody could look. */
  private @Nullable Plainness form() {
    Plainness known = plainness;
    if (known != null && known.oddity() != Oddity.NOT_IN_MEMORY) {
      return known;
    }
    try (InputStream message = views.message().follow()) {
      byte[] octets = message.readNBytes(PlainGrammar.LARGEST + 1);
      return PlainGrammar.of(octets, octets.length);
    } catch (IOException e) {
      return null; // the outcome tells the reason
    }
  }

  /**
   * The answer of a shared run. If there is none, or if the answer says so, the message has to be
   * scanned alone.
   */
  private @Nullable BatchAnswer share(Patience patience) throws ScanFailure {
    boolean answered = false;
    try {
      long bytes = views.overLimit() ? Long.MAX_VALUE : views.bytes();
      arrived();
      BatchAnswer answer = batches.share(member, bytes, patience);
      answered = answer != null && !answer.isGoAlone(); // which tells when its run began
      if (answer != null) {
        notes.addAll(answer.notes());
      }
      return answer;
    } finally {
      if (!answered) {
        timings = timings.plusWaiting(lap());
      }
    }
  }

  /** Ends the announcement that this message will soon need a run. */
  private void arrived() {
    Arrival ends = arrival;
    if (ends != null) {
      ends.close();
    }
  }

  private Verdict verdict(BatchAnswer answer) throws ScanFailure {
    Duration waiting = lapAt(answer.began());
    timings = timings.plusWaiting(waiting).plusScan(lapAt(answer.ended()));
    batch = answer.messages();
    Finding finding = answer.finding();
    if (finding == null) {
      ScanFailure failure = Objects.requireNonNull(answer.failure());
      seen.addAll(failure.seen());
      throw failure;
    }
    return verdict(finding);
  }

  private Verdict scanAlone(Patience patience) throws ScanFailure {
    stage.atGate();
    try (Slot slot = enter(patience)) {
      stage.asking(); // before the look at closed: close() does it the other way round
      return askOrKeep(slot);
    } finally {
      timings = timings.plusScan(lap());
      stage.leftGate();
      batches.endAlone(timings.scan().toNanos());
    }
  }

  /**
   * Asks the scanners. If a scanner cannot be ended, it keeps its slot, because the limit counts
   * all scanners that run.
   */
  private Verdict askOrKeep(Slot slot) throws ScanFailure {
    boolean answered = false;
    try {
      failIfClosed();
      Verdict verdict = ask(slot);
      failIfClosed();
      answered = true;
      return verdict;
    } finally {
      if (!answered && panel.startsChildren() && !ProcessTree.end(id())) {
        slot.keep();
      }
    }
  }

  /** Fails if the message has spent its effort, because its views are incomplete then. */
  private void failIfTooCostly() throws ScanFailure {
    if (effort.isSpent()) {
      throw new ScanFailure(
          "taking this message apart costs much, so it has to begin again among the costly messages");
    }
  }

  /**
   * Fails if the session was closed: the scanner may have found nothing because close() had removed
   * the files.
   */
  private void failIfClosed() throws ScanFailure {
    if (stage.isClosed()) {
      throw new ScanFailure("the session was closed before the end of its scan");
    }
  }

  private Slot enter(Patience patience) throws ScanFailure {
    try {
      return gate.enter(lease, patience);
    } finally {
      timings = timings.plusWaiting(lap());
    }
  }

  /**
   * Waits for the extractors, and completes the views. The steps that follow need little memory and
   * CPU of this process.
   *
   * @throws ScanFailure as {@link #scan()} does
   * @throws IllegalStateException if no message has been received, or if this was called before
   */
  public void extract() throws ScanFailure {
    stage.beginExtracting();
    finishViews();
    stage.extracted();
  }

  private void finishViews() throws ScanFailure {
    int succeeded;
    try {
      succeeded = views.finish(config.extractTimeout());
      if (views.keepsTrees()) {
        plainness = PlainLook.at(views);
        views.forgetTrees();
      }
    } catch (IOException e) {
      throw new ScanFailure("cannot collect the parts of the message in " + lease.directory(), e);
    } finally {
      timings = timings.plusExtract(lap());
    }
    // The cost comes from the message itself and is the same the next time, so "try again" would
    // never end.
    if (views.isTooCostly() && (succeeded == 0 || config.deferOnExtractFailure())) {
      views.countCostlyAsOverLimit();
    }
    // "Over a limit" is an answer, although no extractor read the message to its end.
    boolean none = succeeded == 0 && !views.overLimit();
    if (views.failed() > 0 && (config.deferOnExtractFailure() || none)) {
      throw new ScanFailure(
          "extract.failure="
              + (config.deferOnExtractFailure() ? "defer" : "continue")
              + (none ? ", and no extractor succeeded" : "")
              + ": "
              + String.join("; ", views.notes()));
    }
  }

  /**
   * Whether the session has used up the effort that it was opened with. Then its views are
   * incomplete, whatever {@link #extract} returned, and the caller must close it.
   */
  public boolean isTooCostly() {
    return effort.isSpent();
  }

  /**
   * Asks the scanners. The slot is a parameter only to make sure that no scanner is asked without
   * one.
   */
  @SuppressWarnings("UnusedVariable")
  private Verdict ask(Slot slot) throws ScanFailure {
    try {
      return verdict(panel.scan(input(), id(), notes, reports, seen));
    } catch (ScanFailure e) {
      if (!stage.isClosed()) {
        batches.failedAlone(member);
      }
      throw e;
    }
  }

  private Verdict verdict(Finding finding) throws ScanFailure {
    Tally tally = new Tally();
    if (views.overLimit()) {
      tally.reason(Verdict.Reason.LIMIT);
    }
    if (!views.objections().isEmpty()) {
      tally.reason(Verdict.Reason.MIME);
    }
    tally.addVerdict(finding);
    if (!finding.limits().isEmpty()) {
      limits.add("a limit of the virus scanner"); // which one is in the notes
    }
    Verdict verdict = tally.finding().verdict();
    return verdict instanceof Verdict.Unscannable unscannable
        ? new Verdict.Unscannable(unscannable.reasons(), views.objections())
        : verdict;
  }

  /** What was seen of the message so far. */
  public Facts facts() {
    List<String> all = new ArrayList<>(panel.notes());
    all.addAll(views.notes());
    all.addAll(notes);
    List<String> over = new ArrayList<>(views.limits());
    over.addAll(limits);
    return new Facts(
        id(),
        views.message().size(),
        views.parts(),
        views.guessed(),
        views.names(),
        timings.plusTotal(Duration.ofNanos(System.nanoTime() - started)),
        batch,
        all,
        views.ambiguity().level().text(),
        views.ambiguity().rules(),
        over,
        seen);
  }

  /**
   * Ends the reception. If the message is not complete, its followers get an error in place of its
   * end.
   */
  public void breakOff() {
    views.message().abort();
  }

  /**
   * Announces that {@link #close()} will follow. Any thread may call this, and it returns at once.
   * If many sessions have to be closed, announce it to all of them first; then closing all takes no
   * longer than closing one.
   */
  public void giveUp() {
    stage.close();
    lease.giveUp();
  }

  /**
   * Ends everything of this session that still runs, and removes its directory. A scan of this
   * session on another thread fails; other messages that share its run are not affected.
   */
  @Override
  public void close() {
    giveUp();
    try {
      views.close();
    } catch (IOException | RuntimeException e) {
      // This was only the writing side of a file that is removed now, and the rest has to be closed
      // in any case.
    }
    member.leave();
    arrived();
    awaitEnd(
        stage::isAsking,
        () -> {
          panel.cancel(id());
          if (panel.startsChildren()) { // the extractors' have ended with the views
            ProcessTree.kill(id());
          }
        });
    lease.close();
    awaitEnd(stage::isAtGate, () -> {}); // who ends the process next must not leave its ticket
  }

  /** Waits for two seconds at most, even if the thread is interrupted. */
  private static void awaitEnd(BooleanSupplier goesOn, Runnable meanwhile) {
    boolean interrupted = false;
    for (int i = 0; goesOn.getAsBoolean() && i < 200; i++) {
      meanwhile.run();
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
