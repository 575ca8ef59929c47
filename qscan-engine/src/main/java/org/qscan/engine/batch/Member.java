package org.qscan.engine.batch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.scan.Finding;

/**
 * A message that may share a run, from its session's first moment to its last. While a run has it,
 * its directory must stay: files that vanish under a scanner are trouble for all of the run, and
 * what is made next may get their inode numbers, by which sweep knows what it has seen already.
 */
public final class Member {

  private enum State {
    /** Not handed in, or handed out again. */
    OWN,
    /** Waits for a run. */
    WAITING,
    /** A run has it. */
    TAKEN,
    /** Nobody waits for an answer any more. */
    LEFT
  }

  private final Path directory;
  private final Path raw;
  private final List<String> notes = new ArrayList<>();
  private State state = State.OWN;
  private CountDownLatch done = new CountDownLatch(1);
  private @Nullable Answer answer;
  private @Nullable Batch batch;
  private @Nullable Runnable atLast;
  private long bytes;
  private int failures;
  private long since;
  private long waited;

  /**
   * The message of a session.
   *
   * @param directory what is scanned
   * @param raw the raw message in it
   */
  public Member(Path directory, Path raw) {
    this.directory = directory;
    this.raw = raw;
  }

  Path directory() {
    return directory;
  }

  Path raw() {
    return raw;
  }

  synchronized long bytes() {
    return bytes;
  }

  // --- by its session

  /** Hands it in; false if its session was closed. */
  synchronized boolean handIn(long size) {
    if (state == State.LEFT) {
      return false;
    }
    bytes = size;
    state = State.WAITING;
    since = System.nanoTime();
    return true;
  }

  /** Waits for the answer, or for a while; null if there is none yet. */
  @Nullable Answer await(long nanos) throws InterruptedException {
    CountDownLatch latch;
    synchronized (this) {
      latch = done;
    }
    latch.await(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    synchronized (this) {
      return answer;
    }
  }

  /** Nanoseconds that it has waited for runs to begin; the time in runs does not count. */
  public synchronized long waited() {
    return waited + (state == State.WAITING ? System.nanoTime() - since : 0);
  }

  synchronized boolean isTaken() {
    return state == State.TAKEN;
  }

  synchronized boolean hasLeft() {
    return state == State.LEFT;
  }

  /** No longer wants to wait; false if a run has it, or the answer is there. */
  synchronized boolean giveUp() {
    if (state != State.WAITING) {
      return false;
    }
    state = State.OWN;
    return true;
  }

  /** In how many batches something went wrong with it, or may have. */
  synchronized int failures() {
    return failures;
  }

  /**
   * The session ends, more than once perhaps. Where a run has the message, its directory may not go
   * yet.
   *
   * @param last removes the directory; called by the run's thread when the run has ended
   * @return whether that was put off so; if not, it is for the caller to do
   */
  public boolean leave(Runnable last) {
    Batch has;
    synchronized (this) {
      state = State.LEFT;
      done.countDown();
      if (batch == null) {
        return false;
      }
      atLast = last;
      has = batch;
    }
    has.left();
    return true;
  }

  // --- by the run

  /** A run begins to work on it; false if it has left, or given up. */
  synchronized boolean take(Batch by) {
    if (state != State.WAITING) {
      return false;
    }
    waited += System.nanoTime() - since;
    state = State.TAKEN;
    batch = by;
    return true;
  }

  synchronized void failed(String why) {
    failures++;
    if (failures == 1) { // one sentence says enough
      notes.add(why);
    }
  }

  /** Handed out, for another run to take it; false if it has left meanwhile. */
  boolean putBack() {
    return release(State.WAITING, null);
  }

  /** Handed out with what the scanners say. */
  void answer(Finding finding, List<String> more, int messages, long began, long ended) {
    release(State.OWN, new Answer(finding, null, notes(more), messages, began, ended));
  }

  /** Handed out: the scanners could not say what it is, though it was alone. */
  void answer(ScanFailure failure, List<String> more, long began, long ended) {
    release(State.OWN, new Answer(null, failure, notes(more), 1, began, ended));
  }

  /** Handed out to be scanned alone. */
  void goAlone() {
    release(State.OWN, Answer.goAlone(notes(List.of())));
  }

  private synchronized List<String> notes(List<String> more) {
    List<String> all = new ArrayList<>(notes);
    all.addAll(more);
    return all;
  }

  private boolean release(State next, @Nullable Answer last) {
    Runnable removal;
    boolean left;
    synchronized (this) {
      batch = null;
      removal = atLast;
      atLast = null;
      left = state == State.LEFT;
      if (!left) {
        state = next;
        since = System.nanoTime();
        answer = last;
        if (last != null) {
          done.countDown();
        }
      }
    }
    if (removal != null) {
      removal.run();
    }
    return !left;
  }
}
