package org.qscan.engine.batch;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.gate.Gate;
import org.qscan.engine.gate.Patience;
import org.qscan.engine.gate.SessionLease;
import org.qscan.engine.gate.Slot;
import org.qscan.engine.gate.WorkDirectory;
import org.qscan.engine.scan.Panel;
import org.qscan.engine.time.Ticker;

/**
 * The place where the messages of one engine wait for a scanner whose start is expensive. The
 * messages that wait when a slot becomes free share one run.
 *
 * <ul>
 *   <li>If nothing else is under way, a message does not wait here, and no thread or file is made
 *       for it: it goes to the gate by itself.
 *   <li>Otherwise it waits, and one thread waits at the gate for all of them: a "collector", with a
 *       ticket, a lock and a mark of its own. When it gets a slot, it takes the messages that wait
 *       by then, up to the limits, and scans them ({@link Batch}). The next collector goes to the
 *       gate at once.
 *   <li>No session does work for another one. If a session is closed, interrupted or out of
 *       patience, it leaves, and the others do not notice. Its files stay with the run.
 *   <li>If a collector fails, for whatever reason, it sends every message to the gate alone.
 * </ul>
 */
public final class Batches {

  /** How long it takes at most to draw a ticket if no process is stopped in the middle of that. */
  private static final Duration DRAWS_WITHIN = Duration.ofMillis(200);

  /**
   * How much longer than {@code scan.timeout} a run may take, to end children and to check that
   * they have ended.
   */
  private static final Duration GRACE = Duration.ofSeconds(60);

  private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final WorkDirectory work;
  private final Gate gate;
  private final Panel panel;
  private final int mostMessages;
  private final long mostBytes;
  private final Duration timeout;
  private final Ticker ticker;
  private final BatchState state;
  private final Arrivals arrivals;
  private final Troublemakers troublemakers;

  /**
   * A place where messages wait for this panel.
   *
   * @param mostMessages {@code batch.max-messages}
   * @param mostBytes {@code batch.max-bytes}
   * @param timeout {@code scan.timeout}
   */
  public Batches(
      WorkDirectory work,
      Gate gate,
      Panel panel,
      int mostMessages,
      long mostBytes,
      Duration timeout) {
    this(work, gate, panel, mostMessages, mostBytes, timeout, Ticker.SYSTEM);
  }

  /** The same with another time; for tests. */
  Batches(
      WorkDirectory work,
      Gate gate,
      Panel panel,
      int mostMessages,
      long mostBytes,
      Duration timeout,
      Ticker ticker) {
    this.work = work;
    this.gate = gate;
    this.panel = panel;
    this.mostMessages = panel.scansTogether() ? mostMessages : 1;
    this.mostBytes = mostBytes;
    this.timeout = timeout;
    this.ticker = ticker;
    this.state = new BatchState(ticker, this.mostMessages, mostBytes);
    this.arrivals = new Arrivals(ticker);
    this.troublemakers = new Troublemakers(ticker);
  }

  /**
   * A message that may share a run. Its session calls {@link BatchMember#leave} in the end.
   *
   * @param ownDirectory the directory that is scanned
   * @param raw the raw message in it
   * @param sender the sender, whose messages take turns with those of others; empty: not known
   */
  public BatchMember member(Path ownDirectory, Path raw, String sender) {
    return new BatchMember(state, ownDirectory, ownDirectory.relativize(raw), sender);
  }

  /** How many messages may share a run; 1 if none do. */
  public int mostMessages() {
    return mostMessages;
  }

  /**
   * The longest time that runs may take until a message has its verdict. A batch begins no run when
   * it is half of {@code scan.timeout} old. So a message may be put back by a first and a second
   * batch before that time, a third one ends within {@code scan.timeout}, and then the message has
   * a run of its own.
   */
  public Duration longest() {
    return mostMessages == 1 ? timeout : timeout.multipliedBy(3);
  }

  /** How many messages wait to share a run. */
  public int waiting() {
    return state.waiting();
  }

  /**
   * Tells that a message has arrived and will be {@linkplain #share shared} in a moment. Close the
   * result then.
   */
  public Arrival arrive() {
    return arrivals.add();
  }

  /**
   * Shares a run with other messages, if there are any.
   *
   * @param member the message
   * @param bytes the size of everything that has to be scanned of it
   * @param patience how long to wait at most for a run to begin
   * @return the answer; null if there are no other messages. If the message has to be scanned
   *     alone, for this reason or {@linkplain BatchAnswer#isGoAlone another}, {@link #endAlone} has
   *     to follow
   * @throws ScanFailure if the patience is over, or the session was closed or interrupted
   */
  public @Nullable BatchAnswer share(BatchMember member, long bytes, Patience patience)
      throws ScanFailure {
    boolean alone = mostMessages == 1 || bytes > mostBytes || troublemakers.knows(member.raw());
    switch (state.join(member, bytes, alone)) {
      case ALONE -> {
        return null;
      }
      case LEFT -> throw closed();
      case WAITS -> {}
    }
    collect();
    BatchAnswer answer = await(member, patience);
    if (answer.isGoAlone()) {
      state.beginAlone();
    }
    return answer;
  }

  /**
   * Waits for a short time until runs are cleaned up whose messages have all been answered. For a
   * process that is about to end.
   */
  public void rest() {
    try {
      state.rest(REST_NANOS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Tells that a message which never asks for a shared run is scanned by itself. {@link #endAlone}
   * has to follow.
   */
  public void beginAlone() {
    state.beginAlone();
  }

  /**
   * Tells that the scan of a message by itself has ended.
   *
   * @param nanos how long it took, without the time of waiting
   */
  public void endAlone(long nanos) {
    state.endAlone(nanos);
  }

  /**
   * Tells that the scan of a message by itself has failed. If a shared run failed before, the
   * message does not share a run again.
   */
  public void failedAlone(BatchMember member) {
    if (member.failures() > 0) {
      blame(member);
    }
  }

  private void blame(BatchMember member) {
    state.failIfLocked();
    troublemakers.add(member.raw());
  }

  private BatchAnswer await(BatchMember member, Patience patience) throws ScanFailure {
    long patient = patience.left().toNanos();
    Duration longest = patience.left().plus(timeout.plus(GRACE).multipliedBy(4));
    long end = ticker.nanos() + longest.toNanos();
    try {
      return switch (state.await(member, patient, end)) {
        case ANSWERED -> member.answer();
        case LEFT -> throw closed();
        case OUT_OF_PATIENCE -> throw new ScanFailure(noneWithin(patience));
        case TOO_LONG -> throw new ScanFailure("the run that this message shared did not end");
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ScanFailure("interrupted while waiting for a run to share");
    } finally {
      SessionLease unwanted = state.withdraw(member);
      if (unwanted != null) {
        state.failIfLocked();
        unwanted.close();
      }
    }
  }

  /** Says why no run has taken the message, as far as this is known. */
  private String noneWithin(Patience patience) throws ScanFailure {
    SessionLease lease = state.leaseOfLead(ticker.nanos() - DRAWS_WITHIN.toNanos());
    if (lease != null && !gate.hasTicket(lease)) {
      return "no ticket for a slot within " + patience + ": " + Gate.STOPPED;
    }
    return "no free slot within "
        + patience
        + ": "
        + (state.waiting() - 1)
        + " messages waited with this one to be scanned together";
  }

  private static ScanFailure closed() {
    return new ScanFailure("the session was closed before the end of its scan");
  }

  /** Starts a collector, if one has to wait at the gate for the messages that wait here. */
  private void collect() {
    BatchState.Lead lead = state.appoint();
    if (lead == null) {
      return;
    }
    state.failIfLocked();
    try {
      Thread thread = new Thread(new BatchCollector(lead), "qscan-batch-" + lead.number());
      thread.setDaemon(true);
      thread.start();
    } catch (Error e) { // no more threads
      state.disband(lead);
      state.retire();
    }
  }

  /** Waits at the gate for all messages, and scans those that it takes. */
  private final class BatchCollector implements Runnable {

    /**
     * How long it waits at the gate at most. The messages have their own patience, and when the
     * last one has left, the collector leaves as well.
     */
    private static final Duration AT_THE_GATE = Duration.ofMinutes(10);

    /** A run of up to this many messages waits for another message that is being taken apart. */
    private static final int ENOUGH_TO_WAIT_FOR = 4;

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final BatchState.Lead lead;

    BatchCollector(BatchState.Lead lead) {
      this.lead = lead;
    }

    @Override
    public void run() {
      try (SessionLease own = work.enter()) {
        if (state.announce(lead, own)) {
          scan(own);
        }
      } catch (ScanFailure | RuntimeException | Error e) {
        boolean full = ticker.nanos() - lead.began() >= AT_THE_GATE.toNanos();
        if (!full) {
          state.disband(lead); // all go to the gate alone, where they find out what is wrong
        }
      } finally {
        state.resign(lead);
        collect();
        state.retire();
      }
    }

    private void scan(SessionLease own) throws ScanFailure {
      try (Slot slot = gate.enter(own, AT_THE_GATE);
          Batch batch =
              new Batch(panel, own, timeout, state, Batches.this::collect, Batches.this::blame)) {
        linger(gate.occupancy().isFull());
        state.take(lead, batch.members());
        int messages = batch.size();
        if (messages > 0) {
          collect();
          long start = ticker.nanos();
          try {
            batch.scan(slot);
          } finally {
            state.endRun(ticker.nanos() - start, messages, batch.isLate());
          }
        }
      }
    }

    /**
     * Waits a moment for messages that are about to come. If no slot would be free for them, it
     * also waits for messages that are being taken apart, and for those that follow them.
     */
    private void linger(boolean full) {
      long now = ticker.nanos();
      long until = now + state.pause(); // it may be postponed again, and again
      long latest = full ? now + state.forArrivals() : now;
      try {
        while (isWorthIt() && (now - until < 0 || (now - latest < 0 && areMoreComing()))) {
          ticker.sleep(LOOK_NANOS);
          now = ticker.nanos();
        }
      } catch (InterruptedException e) {
        Thread.currentThread()
            .interrupt(); // nobody interrupts this thread; if somebody does, the scan begins now
      }
    }

    private boolean areMoreComing() {
      return arrivals.continues() || arrivals.count() * ENOUGH_TO_WAIT_FOR >= state.waiting();
    }

    private boolean isWorthIt() {
      return !state.isCalledOff(lead) && state.waiting() < state.limit();
    }
  }
}
