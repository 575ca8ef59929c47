package org.qscan.engine.batch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;

/**
 * The members of one batch that it has neither answered nor put back. The fields are guarded by the
 * lock of {@link BatchState}.
 */
final class BatchMembers {

  private static final long PAUSE = Duration.ofMillis(10).toNanos();

  /** So often at most: whoever closes a session waits for two seconds, not for ever. */
  private static final int ATTEMPTS = 200;

  final List<BatchMember> list = new ArrayList<>();
  final Condition released;
  private final BatchState state;
  private final Runnable end;

  /**
   * None yet.
   *
   * @param end ends the run, if one is under way; may be called again and again, by any thread
   */
  BatchMembers(BatchState state, Runnable end) {
    this.state = state;
    this.released = state.newCondition();
    this.end = end;
  }

  /** The caller holds the lock. */
  boolean remove(BatchMember member) {
    boolean removed = list.remove(member);
    if (removed) {
      released.signalAll();
    }
    return removed;
  }

  /**
   * A member's session has ended. If it was the last one, nobody wants the run any more: ends it,
   * and waits for that. Again and again, because a scanner may be about to start.
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
