package org.qscan.engine.batch;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.gate.Gate;
import org.qscan.engine.gate.Patience;
import org.qscan.engine.gate.SessionLease;
import org.qscan.engine.gate.Slot;
import org.qscan.engine.gate.WorkDirectory;
import org.qscan.engine.scan.Panel;

/**
 * Where the messages of one engine wait for a scanner that costs its start: whoever waits when a
 * slot is free shares one run.
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

  /** Those who wait have their own patience; with the last of them the collector goes. */
  private static final Duration AT_THE_GATE = Duration.ofMinutes(10);

  /** Drawing a ticket takes a moment where nobody is stopped in the middle of it. */
  private static final Duration DRAWS_WITHIN = Duration.ofMillis(200);

  /** What a run may take beyond {@code scan.timeout}, to end children and look after them. */
  private static final Duration GRACE = Duration.ofSeconds(60);

  /** One that is being taken apart holds back a run of so many. */
  private static final int ENOUGH_TO_WAIT_FOR = 4;

  /** Of a sender's messages those first that have waited longest: they were in a run already. */
  private static final long FIRST = 0;

  private static final long LAST = 1;

  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final WorkDirectory work;
  private final Gate gate;
  private final Panel panel;
  private final int mostMessages;
  private final long mostBytes;
  private final Duration timeout;
  private final Pace pace = new Pace();
  private final Arrivals arrivals = new Arrivals();
  private final Troublemakers troublemakers = new Troublemakers();
  private final FairQueue<BatchMember> waiting = new FairQueue<>();
  private @Nullable Collector collector;
  private int underWay; // batches, and messages by themselves
  private int limit; // at most mostMessages
  private int collectors; // threads

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
    this.work = work;
    this.gate = gate;
    this.panel = panel;
    this.mostMessages = panel.scansTogether() ? mostMessages : 1;
    this.limit = this.mostMessages;
    this.mostBytes = mostBytes;
    this.timeout = timeout;
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
  public synchronized int waiting() {
    return waiting.size();
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
    synchronized (this) {
      if (alone || (underWay == 0 && waiting.isEmpty() && collector == null)) {
        beginAlone();
        return null;
      }
      if (!member.handIn(bytes)) {
        throw closed();
      }
      waiting.add(member.sender(), LAST, member);
    }
    collect();
    BatchAnswer answer = await(member, patience);
    if (answer.isGoAlone()) {
      beginAlone();
    }
    return answer;
  }

  /**
   * Waits until nothing is left of runs whose messages have all been answered, or for a moment: for
   * a process that ends.
   */
  public synchronized void rest() {
    long end = System.nanoTime() + LOOK_NANOS;
    try {
      for (long left = LOOK_NANOS; collectors > 0 && left > 0; left = end - System.nanoTime()) {
        wait(TimeUnit.NANOSECONDS.toMillis(left) + 1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized int limit() {
    return limit;
  }

  private synchronized void count(int more) {
    collectors += more;
    notifyAll();
  }

  /**
   * A message is scanned by itself that was never to share a run; {@link #endAlone} has to follow.
   */
  public synchronized void beginAlone() {
    underWay++;
    pace.began();
  }

  /**
   * The end of a message's scan by itself.
   *
   * @param nanos how long it took, without the wait
   */
  public synchronized void endAlone(long nanos) {
    underWay--;
    pace.ended(nanos, 1);
  }

  /**
   * A scan of a message by itself has failed: if a shared run did before, it never shares again.
   */
  public void failedAlone(BatchMember member) {
    if (member.failures() > 0) {
      troublemakers.add(member.raw());
    }
  }

  private BatchAnswer await(BatchMember member, Patience patience) throws ScanFailure {
    try {
      long longest =
          System.nanoTime() + patience.left().plus(timeout.plus(GRACE).multipliedBy(4)).toNanos();
      while (true) {
        long left = patience.left().toNanos() - member.waited();
        BatchAnswer answer =
            member.await(member.isTaken() ? LOOK_NANOS : Math.min(left, LOOK_NANOS));
        if (answer != null) {
          return answer;
        }
        if (member.hasLeft()) {
          throw closed();
        }
        if (left <= 0 && member.giveUp()) {
          throw new ScanFailure(noneWithin(patience));
        }
        if (System.nanoTime() - longest >= 0) {
          throw new ScanFailure("the run that this message shared did not end");
        }
      }
    } catch (InterruptedException e) {
      member.giveUp();
      Thread.currentThread().interrupt();
      throw new ScanFailure("interrupted while waiting for a run to share");
    } finally {
      forget(member);
    }
  }

  /** What is known of why nobody has come to take it along. */
  private String noneWithin(Patience patience) throws ScanFailure {
    Collector now;
    int others;
    synchronized (this) {
      now = collector;
      others = waiting.size() - 1;
    }
    if (now != null && now.cannotDraw()) {
      return "no ticket for a slot within " + patience + ": " + Gate.STOPPED;
    }
    return "no free slot within "
        + patience
        + ": "
        + others
        + " messages waited with this one to be scanned together";
  }

  private static ScanFailure closed() {
    return new ScanFailure("the session was closed before the end of its scan");
  }

  private void forget(BatchMember member) {
    SessionLease unwanted = null;
    synchronized (this) {
      if (waiting.remove(member.sender(), member) && waiting.isEmpty() && collector != null) {
        unwanted = collector.callOff();
      }
    }
    if (unwanted != null) {
      failIfLocked();
      unwanted.close();
    }
  }

  /**
   * Comes before whatever touches the disk: a disk that hangs must not hold up those who only ask
   * whether anybody else is under way, which is every message.
   */
  private void failIfLocked() {
    assert !Thread.holdsLock(this);
  }

  // --- collectors

  /** Sees to it that somebody waits at the gate for those who wait here. */
  private void collect() {
    Collector next;
    synchronized (this) {
      if (collector != null || waiting.isEmpty()) {
        return;
      }
      next = new Collector();
      collector = next;
    }
    count(1);
    try {
      Thread thread = new Thread(next, "qscan-batch");
      thread.setDaemon(true);
      thread.start();
    } catch (Error e) { // no more threads
      count(-1);
      disband(next);
    }
  }

  /** Nobody collects: they go to the gate alone, and learn there what is wrong. */
  private void disband(Collector failed) {
    List<BatchMember> all;
    synchronized (this) {
      if (collector != failed) {
        return;
      }
      collector = null;
      all = waiting.drain();
    }
    failIfLocked();
    all.forEach(BatchMember::goAlone);
  }

  /** Puts it in front: it has waited longest. */
  private void again(BatchMember member) {
    failIfLocked();
    if (!member.moveBack()) {
      return;
    }
    synchronized (this) {
      if (!member.putBack()) {
        return;
      }
      waiting.add(member.sender(), FIRST, member);
    }
    collect();
  }

  /** Waits at the gate for all, and scans those that it takes along. */
  private final class Collector implements Runnable {

    private final long began = System.nanoTime();
    private @Nullable SessionLease lease;
    private boolean calledOff;

    @Override
    public void run() {
      try (SessionLease own = work.enter()) {
        if (announce(own)) {
          scan(own);
        }
      } catch (ScanFailure | RuntimeException | Error e) {
        boolean full = System.nanoTime() - began >= AT_THE_GATE.toNanos();
        if (!full && !isCalledOff()) {
          disband(this);
        }
      } finally {
        resign();
        collect();
        count(-1);
      }
    }

    private void scan(SessionLease own) throws ScanFailure {
      try (Slot slot = gate.enter(own, AT_THE_GATE);
          Batch batch = new Batch(panel, own, timeout, Batches.this::again, this::blame)) {
        linger(gate.occupancy().isFull());
        take(batch);
        int messages = batch.size();
        if (messages > 0) {
          collect();
          long start = System.nanoTime();
          try {
            batch.scan(slot);
          } finally {
            end(System.nanoTime() - start, messages, batch.isLate());
          }
        }
      }
    }

    private void blame(BatchMember member) {
      troublemakers.add(member.raw());
    }

    /**
     * Those who come in this moment come along. Where no slot is free for them, those as well that
     * are being taken apart, and those who follow them.
     */
    private void linger(boolean full) {
      long now = System.nanoTime();
      long until = now + pace.pause(); // it may be postponed again, and again
      long latest = full ? now + pace.forArrivals() : now;
      try {
        while (isWorthIt() && (now - until < 0 || (now - latest < 0 && areMoreComing()))) {
          TimeUnit.MILLISECONDS.sleep(5);
          now = System.nanoTime();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // nobody does that; they are scanned now
      }
    }

    private boolean areMoreComing() {
      return arrivals.continues() || arrivals.count() * ENOUGH_TO_WAIT_FOR >= waiting();
    }

    private boolean isWorthIt() {
      return !isCalledOff() && waiting() < limit();
    }

    private void take(Batch batch) {
      synchronized (Batches.this) {
        long bytes = 0;
        Map<String, Integer> taken = new HashMap<>();
        ToIntFunction<String> holds = sender -> taken.getOrDefault(sender, 0);
        while (!calledOff && batch.size() < limit) {
          BatchMember first = waiting.peek(holds);
          if (first == null || (batch.size() > 0 && bytes + first.bytes() > mostBytes)) {
            break;
          }
          waiting.poll(holds);
          if (batch.add(first)) {
            bytes += first.bytes();
            taken.merge(first.sender(), 1, Integer::sum);
          }
        }
        resign();
        if (batch.size() > 0) {
          underWay++;
          pace.began();
        }
      }
    }

    /** What is too much for a run in its time is shared out to more of them. */
    private void end(long nanos, int messages, boolean late) {
      synchronized (Batches.this) {
        underWay--;
        limit = late ? Math.max(1, messages / 2) : Math.min(mostMessages, limit + 1);
        pace.ended(nanos, messages);
      }
    }

    /** From now on it can be called off; false if it was already. */
    private boolean announce(SessionLease own) {
      synchronized (Batches.this) {
        lease = own;
        return !calledOff;
      }
    }

    /**
     * Nobody waits any more.
     *
     * @return to be closed: with its lock gone, the gate lets the collector go. Null where it has
     *     none yet, and will close it by itself
     */
    @Nullable SessionLease callOff() {
      synchronized (Batches.this) {
        calledOff = true;
        resign();
        return lease;
      }
    }

    /** Whether it does not even wait for a slot, though it had the time to draw its ticket. */
    boolean cannotDraw() throws ScanFailure {
      SessionLease own;
      synchronized (Batches.this) {
        own = lease;
      }
      return own != null
          && System.nanoTime() - began >= DRAWS_WITHIN.toNanos()
          && !gate.hasTicket(own);
    }

    private boolean isCalledOff() {
      synchronized (Batches.this) {
        return calledOff;
      }
    }

    private void resign() {
      synchronized (Batches.this) {
        if (collector == this) {
          collector = null;
        }
      }
    }
  }
}
