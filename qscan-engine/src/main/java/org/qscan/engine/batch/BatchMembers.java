package org.qscan.engine.batch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;

/**
 * The members of one batch that the batch has neither answered nor put back. The lock of {@link
 * BatchState} guards the fields.
 */
final class BatchMembers {

  private static final long PAUSE = Duration.ofMillis(10).toNanos();

  /**
   * How often the run is told to end, at most: closing a session may take two seconds, not for
   * ever.
   */
  private static final int ATTEMPTS = 200;

  final List<BatchMember> list = new ArrayList<>();
  final Condition released;
  private final BatchState state;
  private final Runnable end;

  /**
   * A batch without members.
   *
   * @param end ends the run if one is under way; any thread may call it, any number of times
   */
  BatchMembers(BatchState state, Runnable end) {
    this.state = state;
    this.released = state.newCondition();
    this.end = end;
  }

  /** Removes a member. The caller holds the lock. */
  boolean remove(BatchMember member) {
    boolean removed = list.remove(member);
    if (removed) {
      released.signalAll();
    }
    return removed;
  }

  /**
   * Tells that a member's session has ended. If it was the last one, nobody needs the run any more:
   * this ends the run and waits for its end. It tries that several times, because a scanner may be
   * about to start.
   */
  void left() {
    boolean interrupted = false;
    for (int i = 0; i < ATTEMPTS && state.isForNobody(this); i++) {
      state.failIfLocked();
      end.run();
      try {
        state.awaitRelease(this, PAUSE);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
