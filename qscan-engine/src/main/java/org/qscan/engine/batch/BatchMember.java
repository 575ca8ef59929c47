package org.qscan.engine.batch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.scan.Finding;
import org.qscan.engine.scan.ScanInput;

/**
 * A message that may share a run, from its session's first moment to its last. For a shared run its
 * files are moved to the run's directory, and stay there until the run ends whatever becomes of the
 * session: files that vanish under a scanner are trouble for all of the run, and what is made next
 * may get their inode numbers, by which sweep knows what it has seen already.
 */
public final class BatchMember {

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

  private final Path ownDirectory;
  private final Path raw;
  private final String sender;
  private final List<String> notes = new ArrayList<>();
  private State state = State.OWN;
  private CountDownLatch done = new CountDownLatch(1);
  private @Nullable BatchAnswer answer;
  private @Nullable Batch batch;
  private @Nullable ScanInput input;
  private Path place;
  private long bytes;
  private int failures;
  private long since;
  private long waited;

  /**
   * The message of a session.
   *
   * @param ownDirectory the directory that is scanned
   * @param raw the raw message in it
   * @param sender with whose messages it takes turns; empty: not known
   */
  public BatchMember(Path ownDirectory, Path raw, String sender) {
    this.sender = sender;
    this.ownDirectory = ownDirectory;
    this.place = ownDirectory;
    this.raw = ownDirectory.relativize(raw);
  }

  /** With whose messages it takes turns. */
  String sender() {
    return sender;
  }

  /**
   * What is to be scanned of it.
   *
   * @param files as they were when they were complete
   */
  public synchronized void shows(ScanInput files) {
    input = files;
  }

  /** What is to be scanned of it, where it is now. */
  synchronized ScanInput input() {
    ScanInput files = input;
    return files == null ? ScanInput.in(place) : files.movedTo(place);
  }

  /** Where its files are now. */
  synchronized Path place() {
    return place;
  }

  synchronized Path raw() {
    return place.resolve(raw);
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
  @Nullable BatchAnswer await(long nanos) throws InterruptedException {
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
   * The session ends, and its directory goes next; may be said again. A run that nobody else wants
   * is ended.
   */
  public void leave() {
    Batch has;
    synchronized (this) {
      state = State.LEFT;
      done.countDown();
      has = batch;
    }
    if (has != null) {
      has.left();
    }
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

  /**
   * Moves its files, for a run to begin.
   *
   * @param to does not exist; on the same file system
   * @return false if it has left, and they go with its session
   */
  synchronized boolean move(Path to) throws IOException {
    if (state == State.LEFT) {
      return false;
    }
    Files.move(place, to, StandardCopyOption.ATOMIC_MOVE);
    place = to;
    return true;
  }

  synchronized void failed(String why) {
    failures++;
    if (failures == 1) { // one sentence says enough
      notes.add(why);
    }
  }

  /** Handed out, for another run to take it; false if it has left. Waits for nothing. */
  synchronized boolean putBack() {
    return release(State.WAITING, null);
  }

  /** Handed out with what the scanners say. */
  void answer(Finding finding, List<String> more, int messages, long began, long ended) {
    release(State.OWN, new BatchAnswer(finding, null, notes(more), messages, began, ended));
  }

  /** Handed out: the scanners could not say what it is, though it was alone. */
  void answer(ScanFailure failure, List<String> more, long began, long ended) {
    release(State.OWN, new BatchAnswer(null, failure, notes(more), 1, began, ended));
  }

  /** Handed out to be scanned alone. */
  synchronized void goAlone() {
    if (moveBack()) {
      release(State.OWN, BatchAnswer.goAlone(notes(List.of())));
    }
  }

  /**
   * Moves its files back to where they were, before it is {@linkplain #putBack put back}. Takes as
   * long as the disk does.
   *
   * @return false if it has left, or if they cannot be moved, which is its answer then
   */
  synchronized boolean moveBack() {
    try {
      return place.equals(ownDirectory) || move(ownDirectory);
    } catch (IOException e) {
      long now = System.nanoTime();
      answer(
          new ScanFailure("cannot move " + place + " back to " + ownDirectory, e),
          List.of(),
          now,
          now);
      return false;
    }
  }

  private synchronized List<String> notes(List<String> more) {
    List<String> all = new ArrayList<>(notes);
    all.addAll(more);
    return all;
  }

  private synchronized boolean release(State next, @Nullable BatchAnswer last) {
    batch = null;
    if (state == State.LEFT) {
      return false;
    }
    state = next;
    since = System.nanoTime();
    answer = last;
    if (last != null) {
      done.countDown();
    }
    return true;
  }
}
