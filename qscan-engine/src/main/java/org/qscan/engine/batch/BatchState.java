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
 * What {@link Batches}, its collectors, batches and members know of each other, and the one lock
 * that guards it. All steps of the protocol are methods of this class; each is atomic, and the
 * other classes do between two steps what takes time.
 *
 * <h2>The data</h2>
 *
 * <ul>
 *   <li><b>A member</b> ({@link BatchMember}) is in one of four states. OWN: its session has it.
 *       WAITING: it stands in {@link #queue}, with its files in its own directory. TAKEN: one batch
 *       has it, and is the only one that moves its files, shows them and answers. LEFT: its session
 *       has ended, and no state follows.
 *   <li><b>A batch's members</b> ({@link BatchMembers}) are those that are TAKEN by it, and those
 *       that LEFT while it had them. Each leaves the list in the same step in which it is answered
 *       or put back: a member in a list has no answer, and one that has an answer is in no list.
 *   <li><b>The lead</b> ({@link Lead}) is the right to wait at the gate for all in the queue. There
 *       is one at most. It ends with the step that takes members out of the queue, or when nobody
 *       is left in the queue (it is called off), or when whoever has it fails (disbanded). A lead
 *       that has ended takes nobody: so no batch is ever led by two, and a queue that is not empty
 *       has a lead, or a thread that is about to {@linkplain #appoint appoint} one.
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
 *   <li>Nothing: while this lock is held, no other lock is taken, and no code is called but this
 *       class's own, the queue's and the pace's, which have no locks. {@link Arrivals} and {@link
 *       Troublemakers} guard data of their own that no step depends on.
 * </ol>
 *
 * <h2>What may never happen under the lock</h2>
 *
 * <p>No file is read, moved or removed, no process is started or killed, no lease is closed, no
 * scanner is asked and no thread is started. A disk that hangs must not hold up those who only ask
 * whether anybody else is under way, which is every message. Whoever does such a thing calls {@link
 * #failIfLocked} first. Where a file must not be moved any more, the lock is not held meanwhile;
 * the member is marked as moving ({@link #beginMove}), and {@link #leave} waits for that mark.
 *
 * <p>Every change that a waiting thread looks for signals that thread: a member's own condition, or
 * that of the batch's list. So nobody looks again and again, and nobody wakes for another's answer.
 */
final class BatchState {

  /** Of a sender's messages those first that have waited longest: they were in a run already. */
  private static final long FIRST = 0;

  private static final long LAST = 1;

  /** What came of the wish to share a run. */
  enum Joined {
    /** It goes to the gate alone, and is counted as under way. */
    ALONE,
    /** It waits for a run. */
    WAITS,
    /** Its session has ended. */
    LEFT
  }

  /** Why a wait has ended. */
  enum Waited {
    ANSWERED,
    /** Its session has ended. */
    LEFT,
    /** Its patience was over before a run took it. */
    OUT_OF_PATIENCE,
    /** The run that took it does not end. */
    TOO_LONG
  }

  /** The right to wait at the gate for all. Its fields are guarded by the lock. */
  static final class Lead {
    private final int number;
    private final long began;
    private @Nullable SessionLease lease;
    private boolean calledOff;

    private Lead(int number, long began) {
      this.number = number;
      this.began = began;
    }

    /** Which one it is, from 1 on. */
    int number() {
      return number;
    }

    /** When it was appointed. */
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
  private int leads; // that there ever were
  private int underWay; // batches, and messages by themselves
  private int limit; // at most mostMessages
  private int collectors; // threads that have been appointed and not retired

  /**
   * Nobody waits.
   *
   * @param mostMessages how many messages a run may share
   * @param mostBytes how large they may be together
   */
  BatchState(Ticker ticker, int mostMessages, long mostBytes) {
    this(ticker, mostMessages, mostBytes, new ReentrantLock());
  }

  /** The same under this lock, of which a test sees who waits and who is signalled. */
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

  /** Comes before whatever touches a disk, a process or a thread. */
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

  /** Whether nobody is scanned, waits or leads. */
  boolean isIdle() {
    lock.lock();
    try {
      return underWay == 0 && queue.isEmpty() && lead == null;
    } finally {
      lock.unlock();
    }
  }

  /** A message is scanned by itself; {@link #endAlone} has to follow. */
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

  /** The end of a message's scan by itself, which took so long. */
  void endAlone(long nanos) {
    lock.lock();
    try {
      underWay--;
      pace.ended(nanos, 1);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all collectors have retired, or for so long. */
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
   * A message wants a run.
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
   * Waits until the member has its answer, or has none to wait for. {@link #withdraw} has to
   * follow, whatever comes of it.
   *
   * @param patience nanoseconds that it may wait for runs to begin, all together
   * @param end when it may not wait any longer, as the ticker has it
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
   * The member's thread no longer waits. If it was the last in the queue, the lead ends.
   *
   * @return to be closed where the lead has ended: with its lock gone, the gate lets the collector
   *     go. Null where it has none yet; then {@link #announce} tells it
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
   * The session ends, and its directory goes next. From now on no batch moves or shows its files.
   *
   * @return the batch that has it; it may be there for nobody now
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

  // --- facts of a member, for whoever asks

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
   * Somebody is to wait at the gate for those in the queue.
   *
   * @return for a new collector, which {@linkplain #retire retires} in the end; null if none is
   *     needed
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

  /** With this lease the collector waits at the gate; false if it was called off. */
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

  /** Who leads, and with which lease; null: nobody, or none yet. */
  @Nullable SessionLease leaseOfLead(long appointedBefore) {
    lock.lock();
    try {
      Lead now = lead;
      return now == null || now.began - appointedBefore > 0 ? null : now.lease;
    } finally {
      lock.unlock();
    }
  }

  /** Takes those along who wait, as many as fit. The lead ends with it. */
  void take(Lead own, BatchMembers batch) {
    lock.lock();
    try {
      if (lead != own) {
        return; // it has ended before
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
        if (first.state == BatchMember.MemberState.WAITING) { // else it has left, or given up
          first.waited = waitedUntil(ticker.nanos(), first);
          first.state = BatchMember.MemberState.TAKEN;
          first.batch = batch;
          batch.list.add(first);
          bytes += first.bytes;
          taken.merge(first.sender(), 1, Integer::sum);
          // Not signalled: it waits on. When its patience is over, it sees that a run has it.
        }
      }
      if (!batch.list.isEmpty()) {
        begin();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * The end of a run over members that were taken. What is too much for a run in its time is shared
   * out to more of them.
   */
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

  /** The lead ends, and everybody in the queue goes alone. Nothing if it has ended before. */
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

  /** The lead ends, if it has not ended before. */
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

  /** A collector's thread has done all that it had to do. */
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

  /** Whether it still has members, and all of them have left. */
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

  /** Waits until the batch has released a member, or for so long; may return before either. */
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

  /** What the scanners are to see of it, where it is now; null if it has left. */
  @Nullable ScanInput show(BatchMember member) {
    lock.lock();
    try {
      return member.state == BatchMember.MemberState.LEFT ? null : member.inputHere();
    } finally {
      lock.unlock();
    }
  }

  /** Its files are about to be moved; false if it has left, and they go with its session. */
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

  /** They have been moved, or could not be. */
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

  /** Something went wrong with it, or with a run that it shared. */
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
   * The batch has nothing to do with it from now on: it is answered. Nothing if the batch does not
   * have it; if it has left, nobody is told.
   *
   * @param answer to which the member's own notes are added
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
   * The batch has nothing to do with it from now on: another one is to take it, and it is first of
   * its sender's, because it has waited longest. Its files are in its own directory. Nothing if the
   * batch does not have it, or if it has left.
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

  /** All that is known of those who wait, for a debugger. */
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
