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
 *   <li>With nothing else under way a message does not wait here, and no thread or file is made for
 *       it: it goes to the gate by itself.
 *   <li>Else it waits, and one thread waits at the gate for all of them (a "collector", with a
 *       ticket, a lock and a mark of its own). With the slot it takes along whoever is there, up to
 *       the limits, and scans them ({@link Batch}); the next collector goes to the gate at once.
 *   <li>No session runs anything for another. One that is closed, interrupted or out of patience
 *       goes, and the others do not notice; its files stay with the run.
 *   <li>A collector that fails, for whatever reason, sends everybody to the gate alone.
 * </ul>
 */
public final class Batches {

  /** Drawing a ticket takes a moment where nobody is stopped in the middle of it. */
  private static final Duration DRAWS_WITHIN = Duration.ofMillis(200);

  /** What a run may take beyond {@code scan.timeout}, to end children and look after them. */
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
   * Where messages wait for this panel.
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

  /** The same, by another time than this computer's. */
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
   * @param sender with whose messages it takes turns; empty: not known
   */
  public BatchMember member(Path ownDirectory, Path raw, String sender) {
    return new BatchMember(state, ownDirectory, ownDirectory.relativize(raw), sender);
  }

  /** How many messages a run may share; 1: none. */
  public int mostMessages() {
    return mostMessages;
  }

  /**
   * The longest that runs may take until a message has its verdict. A batch begins none when it is
   * half of {@code scan.timeout} old: a first and a second one hand the message on before that, a
   * third one ends within {@code scan.timeout}, and then the message has a run of its own.
   */
  public Duration longest() {
    return mostMessages == 1 ? timeout : timeout.multipliedBy(3);
  }

  /** How many messages wait to share a run. */
  public int waiting() {
    return state.waiting();
  }

  /** A message has arrived and will be {@linkplain #share shared} in a moment; close it then. */
  public Arrival arrive() {
    return arrivals.add();
  }

  /**
   * Shares a run with others, if there are any.
   *
   * @param member the message
   * @param bytes of all that is to be scanned of it
   * @param patience how long to wait for a run to begin at most
   * @return what came of it; null if there are none. Where the message is to be scanned alone, for
   *     this reason or {@linkplain BatchAnswer#isGoAlone another}, {@link #endAlone} has to follow
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
   * Waits until nothing is left of runs whose messages have all been answered, or for a moment: for
   * a process that ends.
   */
  public void rest() {
    try {
      state.rest(REST_NANOS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * A message is scanned by itself that was never to share a run; {@link #endAlone} has to follow.
   */
  public void beginAlone() {
    state.beginAlone();
  }

  /**
   * The end of a message's scan by itself.
   *
   * @param nanos how long it took, without the wait
   */
  public void endAlone(long nanos) {
    state.endAlone(nanos);
  }

  /**
   * A scan of a message by itself has failed: if a shared run did before, it never shares again.
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

  /** What is known of why nobody has come to take it along. */
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

  /** Sees to it that somebody waits at the gate for those who wait here. */
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

  /** Waits at the gate for all, and scans those that it takes along. */
  private final class BatchCollector implements Runnable {

    /** Those who wait have their own patience; with the last of them the collector goes. */
    private static final Duration AT_THE_GATE = Duration.ofMinutes(10);

    /** One that is being taken apart holds back a run of so many. */
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
          state.disband(lead); // they go to the gate alone, and learn there what is wrong
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
     * Those who come in this moment come along. Where no slot is free for them, those as well that
     * are being taken apart, and those who follow them.
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
        Thread.currentThread().interrupt(); // nobody does that; they are scanned now
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
