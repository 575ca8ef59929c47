package org.qscan.engine.batch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.gate.SessionLease;
import org.qscan.engine.scan.ScanInput;
import org.qscan.engine.time.Ticker;

/**
 * What {@link Batches}, its collectors, batches and members know of each other, and the lock that
 * guards this. All steps of the protocol are methods of this class, and each step is atomic. Work
 * that takes time is done by the other classes, between two steps.
 *
 * <h2>The data</h2>
 *
 * <ul>
 *   <li><b>A member</b> ({@link BatchMember}) is in one of four states. OWN: its session has it.
 *       WAITING: it stands in {@link #queue}, with its files in its own directory. TAKEN: one batch
 *       has it, and only this batch moves its files, shows them to scanners, and answers. LEFT: its
 *       session has ended, and no state follows.
 *   <li><b>A batch's members</b> ({@link BatchMembers}) are those that are TAKEN by it, and those
 *       that LEFT while it had them. Each leaves the list in the same step in which it is answered
 *       or put back: a member in a list has no answer, and one that has an answer is in no list.
 *   <li><b>The lead</b> ({@link Lead}) is the right to wait at the gate for all in the queue. There
 *       is one at most. It ends with the step that takes members out of the queue, or when nobody
 *       is left in the queue (it is called off), or when whoever has it fails (disbanded). A lead
 *       that has ended takes nobody, so no batch is ever led by two collectors. If the queue is not
 *       empty, there is a lead, or a thread that is about to {@linkplain #appoint appoint} one.
 *   <li><b>Counts</b>: scans under way, threads that lead or have led, the limit on a batch's size,
 *       and the {@link Pace}.
 * </ul>
 *
 * <h2>The steps</h2>
 *
 * <pre>
 * session    join -> await ----------------------------------> withdraw ... leave
 *              |       ^ answered, put back, disbanded, left     |
 * anybody      +-> appoint                                       +-> the lead is called off
 * collector           announce -> take -> (show, beginMove, endMove, answer, putBack)* -> endRun
 *                        |                                                     resign -> retire
 *                        +-> disband: everybody in the queue goes alone
 * </pre>
 *
 * <h2>The order</h2>
 *
 * <ol>
 *   <li>A caller's own locks may be held when this lock is taken. None of this package's callers
 *       holds any today.
 *   <li>This lock.
 *   <li>No further lock: while this lock is held, no other lock is taken, and only code of this
 *       class, of the queue and of the pace is called, which have no locks. {@link Arrivals} and
 *       {@link Troublemakers} guard data of their own that no step depends on.
 * </ol>
 *
 * <h2>What may never happen under the lock</h2>
 *
 * <p>No file is read, moved or removed, no process is started or killed, no lease is closed, no
 * scanner is asked and no thread is started. A disk that hangs must not delay threads that only ask
 * whether another scan is under way, and every message asks that. Code that does such a thing calls
 * {@link #failIfLocked} first. While files are moved, the lock is not held: the member is marked as
 * moving ({@link #beginMove}), and {@link #leave} waits until that mark is removed.
 *
 * <p>Every change that a thread waits for signals that thread, by the condition of a member or of a
 * batch's list. So no thread polls, and no thread wakes up for the answer of another one.
 */
final class BatchState {

  /**
   * The rank of messages that were in a run already: of their sender's messages, they have waited
   * longest and come first.
   */
  private static final long FIRST = 0;

  private static final long LAST = 1;

  /** The result of a request to share a run. */
  enum Joined {
    /** It goes to the gate alone, and is counted as under way. */
    ALONE,
    /** It waits for a run. */
    WAITS,
    /** Its session has ended. */
    LEFT
  }

  /** Why a wait for a run has ended. */
  enum Waited {
    ANSWERED,
    /** Its session has ended. */
    LEFT,
    /** Its patience was over before a run took it. */
    OUT_OF_PATIENCE,
    /** The run that took it does not end. */
    TOO_LONG
  }

  /** The right to wait at the gate for all messages in the queue. The lock guards the fields. */
  static final class Lead {
    private final int number;
    private final long began;
    private @Nullable SessionLease lease;
    private boolean calledOff;

    private Lead(int number, long began) {
      this.number = number;
      this.began = began;
    }

    /** The number of this lead; the first is 1. */
    int number() {
      return number;
    }

    /** The time at which it was appointed. */
    long began() {
      return began;
    }
  }

  private final Ticker ticker;
  private final int mostMessages;
  private final long mostBytes;
  private final ReentrantLock lock;
  private final Condition retired;
  private final FairQueue<BatchMember> queue = new FairQueue<>();
  private final Pace pace;
  private @Nullable Lead lead;
  private int leads; // how many leads there were so far
  private int underWay; // batches, and messages by themselves
  private int limit; // at most mostMessages
  private int collectors; // threads that have been appointed and not retired

  /**
   * A state in which nobody waits.
   *
   * @param mostMessages how many messages a run may share
   * @param mostBytes how many bytes they may have together
   */
  BatchState(Ticker ticker, int mostMessages, long mostBytes) {
    this(ticker, mostMessages, mostBytes, new ReentrantLock());
  }

  /** The same with this lock, by which a test sees which threads wait and which are signalled. */
  BatchState(Ticker ticker, int mostMessages, long mostBytes, ReentrantLock lock) {
    this.lock = lock;
    this.retired = lock.newCondition();
    this.ticker = ticker;
    this.mostMessages = mostMessages;
    this.limit = mostMessages;
    this.mostBytes = mostBytes;
    this.pace = new Pace(ticker);
  }

  Ticker ticker() {
    return ticker;
  }

  /**
   * Fails if this thread holds the lock. Call it before anything that touches a disk, a process or
   * a thread.
   */
  void failIfLocked() {
    assert !lock.isHeldByCurrentThread();
  }

  Condition newCondition() {
    return lock.newCondition();
  }

  // --- by anybody

  int waiting() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  int limit() {
    lock.lock();
    try {
      return limit;
    } finally {
      lock.unlock();
    }
  }

  long pause() {
    lock.lock();
    try {
      return pace.pause();
    } finally {
      lock.unlock();
    }
  }

  long forArrivals() {
    lock.lock();
    try {
      return pace.forArrivals();
    } finally {
      lock.unlock();
    }
  }

  /** Whether no message is being scanned or waits, and nobody leads. */
  boolean isIdle() {
    lock.lock();
    try {
      return underWay == 0 && queue.isEmpty() && lead == null;
    } finally {
      lock.unlock();
    }
  }

  /** Tells that a message is scanned by itself. {@link #endAlone} has to follow. */
  void beginAlone() {
    lock.lock();
    try {
      begin();
    } finally {
      lock.unlock();
    }
  }

  private void begin() {
    underWay++;
    pace.began();
  }

  /** Tells that the scan of a message by itself has ended, and how long it took. */
  void endAlone(long nanos) {
    lock.lock();
    try {
      underWay--;
      pace.ended(nanos, 1);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all collectors have retired, but no longer than this. */
  void rest(long nanos) throws InterruptedException {
    lock.lock();
    try {
      long end = ticker.nanos() + nanos;
      for (long left = nanos; collectors > 0 && left > 0; left = end - ticker.nanos()) {
        ticker.await(retired, left);
      }
    } finally {
      lock.unlock();
    }
  }

  // --- by a session

  /**
   * A message asks for a run.
   *
   * @param alone whether it must not share one
   */
  Joined join(BatchMember member, long bytes, boolean alone) {
    lock.lock();
    try {
      if (alone || isIdle()) {
        begin();
        return Joined.ALONE;
      }
      if (member.state == BatchMember.MemberState.LEFT) {
        return Joined.LEFT;
      }
      member.bytes = bytes;
      enqueue(member, LAST);
      return Joined.WAITS;
    } finally {
      lock.unlock();
    }
  }

  private void enqueue(BatchMember member, long rank) {
    member.state = BatchMember.MemberState.WAITING;
    member.since = ticker.nanos();
    queue.add(member.sender(), rank, member);
  }

  /**
   * Waits until the member has its answer, or will not get one. {@link #withdraw} has to follow,
   * whatever the result.
   *
   * @param patience how many nanoseconds it may wait for runs to begin, in all
   * @param end the end of all waiting, by the ticker
   */
  Waited await(BatchMember member, long patience, long end) throws InterruptedException {
    lock.lock();
    try {
      while (member.answer == null) {
        if (member.state == BatchMember.MemberState.LEFT) {
          return Waited.LEFT;
        }
        long now = ticker.nanos();
        long left = end - now;
        if (member.state == BatchMember.MemberState.WAITING) {
          long patient = patience - waitedUntil(now, member);
          if (patient <= 0) {
            member.state = BatchMember.MemberState.OWN;
            return Waited.OUT_OF_PATIENCE;
          }
          left = Math.min(left, patient);
        }
        if (left <= 0) {
          return Waited.TOO_LONG;
        }
        ticker.await(member.changed, left);
      }
      return Waited.ANSWERED;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Tells that the member's thread no longer waits. If it was the last one in the queue, the lead
   * ends.
   *
   * @return the lease of the lead if this has ended it, which the caller has to close: without its
   *     lock, the gate sends the collector away. Null if the lead has not ended, or if it has no
   *     lease yet; in the latter case, {@link #announce} tells the collector
   */
  @Nullable SessionLease withdraw(BatchMember member) {
    lock.lock();
    try {
      if (member.state == BatchMember.MemberState.WAITING) {
        member.state = BatchMember.MemberState.OWN;
      }
      Lead last = lead;
      if (!queue.remove(member.sender(), member) || !queue.isEmpty() || last == null) {
        return null;
      }
      last.calledOff = true;
      lead = null;
      return last.lease;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Tells that the session ends, and that its directory will be removed next. From now on, no batch
   * moves or shows its files.
   *
   * @return the batch that has it, which may have no member left that needs it
   */
  @Nullable BatchMembers leave(BatchMember member) {
    lock.lock();
    try {
      member.state = BatchMember.MemberState.LEFT;
      member.changed.signalAll();
      while (member.moving) {
        member.changed.awaitUninterruptibly();
      }
      return member.batch;
    } finally {
      lock.unlock();
    }
  }

  // --- facts about a member

  void shows(BatchMember member, ScanInput files) {
    lock.lock();
    try {
      member.input = files;
    } finally {
      lock.unlock();
    }
  }

  BatchMember.MemberSnapshot known(BatchMember member) {
    lock.lock();
    try {
      return new BatchMember.MemberSnapshot(
          member.state,
          member.place,
          member.input,
          member.answer,
          member.failures,
          waitedUntil(ticker.nanos(), member));
    } finally {
      lock.unlock();
    }
  }

  private static long waitedUntil(long now, BatchMember member) {
    boolean waits = member.state == BatchMember.MemberState.WAITING;
    return member.waited + (waits ? now - member.since : 0);
  }

  // --- by a collector

  /**
   * Appoints a lead, if somebody has to wait at the gate for those in the queue.
   *
   * @return the lead for a new collector, which {@linkplain #retire retires} in the end; null if
   *     none is needed
   */
  @Nullable Lead appoint() {
    lock.lock();
    try {
      if (lead != null || queue.isEmpty()) {
        return null;
      }
      Lead next = new Lead(++leads, ticker.nanos());
      lead = next;
      collectors++;
      return next;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Tells the lease with which the collector waits at the gate. False if the lead was called off.
   */
  boolean announce(Lead own, SessionLease lease) {
    lock.lock();
    try {
      own.lease = lease;
      return !own.calledOff;
    } finally {
      lock.unlock();
    }
  }

  boolean isCalledOff(Lead own) {
    lock.lock();
    try {
      return own.calledOff;
    } finally {
      lock.unlock();
    }
  }

  /** The lease of the present lead; null if there is no lead, or if it has no lease yet. */
  @Nullable SessionLease leaseOfLead(long appointedBefore) {
    lock.lock();
    try {
      Lead now = lead;
      return now == null || now.began - appointedBefore > 0 ? null : now.lease;
    } finally {
      lock.unlock();
    }
  }

  /** Takes the messages that wait into the batch, as many as fit. This ends the lead. */
  void take(Lead own, BatchMembers batch) {
    lock.lock();
    try {
      if (lead != own) {
        return; // this lead has ended before
      }
      lead = null;
      long bytes = 0;
      Map<String, Integer> taken = new HashMap<>();
      ToIntFunction<String> holds = sender -> taken.getOrDefault(sender, 0);
      while (batch.list.size() < limit) {
        BatchMember first = queue.peek(holds);
        if (first == null || (!batch.list.isEmpty() && bytes + first.bytes > mostBytes)) {
          break;
        }
        queue.poll(holds);
        if (first.state
            == BatchMember.MemberState.WAITING) { // otherwise it has left, or has given up
          first.waited = waitedUntil(ticker.nanos(), first);
          first.state = BatchMember.MemberState.TAKEN;
          first.batch = batch;
          batch.list.add(first);
          bytes += first.bytes;
          taken.merge(first.sender(), 1, Integer::sum);
          // It is not signalled, because it goes on waiting. When its patience is over, it sees
          // that a run has it.
        }
      }
      if (!batch.list.isEmpty()) {
        begin();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Tells that a run over members has ended. If it was too slow, later runs get fewer messages. */
  void endRun(long nanos, int messages, boolean late) {
    lock.lock();
    try {
      underWay--;
      limit = late ? Math.max(1, messages / 2) : Math.min(mostMessages, limit + 1);
      pace.ended(nanos, messages);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends the lead, and sends everybody in the queue to the gate alone. Does nothing if this lead
   * has ended before.
   */
  void disband(Lead failed) {
    lock.lock();
    try {
      if (lead != failed) {
        return;
      }
      lead = null;
      for (BatchMember member : queue.drain()) {
        if (member.state == BatchMember.MemberState.WAITING) {
          release(member, BatchMember.MemberState.OWN, BatchAnswer.goAlone(member.notes));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends the lead, if it has not ended before. */
  void resign(Lead own) {
    lock.lock();
    try {
      if (lead == own) {
        lead = null;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Tells that a collector's thread has finished. */
  void retire() {
    lock.lock();
    try {
      collectors--;
      retired.signalAll();
    } finally {
      lock.unlock();
    }
  }

  // --- by a batch, about the members that it has taken

  List<BatchMember> members(BatchMembers batch) {
    lock.lock();
    try {
      return new ArrayList<>(batch.list);
    } finally {
      lock.unlock();
    }
  }

  /** Whether the batch still has members, but all of them have left. */
  boolean isForNobody(BatchMembers batch) {
    lock.lock();
    try {
      for (BatchMember member : batch.list) {
        if (member.state != BatchMember.MemberState.LEFT) {
          return false;
        }
      }
      return !batch.list.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the batch has released a member, but no longer than this. It may return earlier.
   */
  void awaitRelease(BatchMembers batch, long nanos) throws InterruptedException {
    lock.lock();
    try {
      if (!batch.list.isEmpty()) {
        ticker.await(batch.released, nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  /** What the scanners have to see of it, at its present place; null if it has left. */
  @Nullable ScanInput show(BatchMember member) {
    lock.lock();
    try {
      return member.state == BatchMember.MemberState.LEFT ? null : member.inputHere();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Tells that its files are about to be moved. False if it has left, so that its session removes
   * them.
   */
  boolean beginMove(BatchMember member) {
    lock.lock();
    try {
      if (member.state == BatchMember.MemberState.LEFT) {
        return false;
      }
      member.moving = true;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Tells that the files have been moved, or that they could not be moved. */
  void endMove(BatchMember member, Path place) {
    lock.lock();
    try {
      member.place = place;
      member.moving = false;
      member.changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Tells that something went wrong with it, or with a run that it shared. */
  void failed(BatchMember member, String why) {
    lock.lock();
    try {
      member.failures++;
      if (member.failures == 1) { // one sentence says enough
        member.notes.add(why);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Gives a member its answer, and releases it from the batch. Does nothing if the batch does not
   * have it. If it has left, nobody is told.
   *
   * @param answer its answer, to which the member's own notes are added
   */
  void answer(BatchMembers batch, BatchMember member, BatchAnswer answer) {
    lock.lock();
    try {
      if (batch.remove(member)) {
        release(member, BatchMember.MemberState.OWN, answer.after(member.notes));
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Releases a member from the batch so that another one takes it. It becomes the first of its
   * sender's messages, because it has waited longest. Its files must be in its own directory. Does
   * nothing if the batch does not have it, or if it has left.
   */
  void putBack(BatchMembers batch, BatchMember member) {
    lock.lock();
    try {
      if (batch.remove(member) && release(member, BatchMember.MemberState.WAITING, null)) {
        enqueue(member, FIRST);
      }
    } finally {
      lock.unlock();
    }
  }

  private static boolean release(
      BatchMember member, BatchMember.MemberState next, @Nullable BatchAnswer answer) {
    member.batch = null;
    if (member.state == BatchMember.MemberState.LEFT) {
      return false;
    }
    member.state = next;
    member.answer = answer;
    member.changed.signalAll();
    return true;
  }

  /** What is known of those that wait, for a debugger. */
  @Override
  public String toString() {
    lock.lock();
    try {
      Lead now = lead;
      return "queue "
          + queue
          + ", lead "
          + (now == null ? "none" : "#" + now.number)
          + ", under way "
          + underWay
          + ", collectors "
          + collectors
          + ", limit "
          + limit;
    } finally {
      lock.unlock();
    }
  }
}
