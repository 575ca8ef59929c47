package org.qscan.engine.batch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.scan.ScanInput;

/**
 * A message that may share a run, from its session's first moment to its last. For a shared run its
 * files are moved to the run's directory, and stay there until the run ends whatever becomes of the
 * session: files that vanish under a scanner are trouble for all of the run, and what is made next
 * may get their inode numbers, by which sweep knows what it has seen already.
 *
 * <p>{@link BatchState} has the rules by which it goes from one state to the next, and guards the
 * fields that are not final.
 */
public final class BatchMember {

  /** Who has it. */
  enum MemberState {
    /** Its session: it is not handed in, or handed out again. */
    OWN,
    /** Nobody yet: it waits for a run. */
    WAITING,
    /** A batch. */
    TAKEN,
    /** Nobody any more: its session has ended. */
    LEFT
  }

  /** What there is to know of it at one moment. */
  record MemberSnapshot(
      MemberState state,
      Path place,
      @Nullable ScanInput input,
      @Nullable BatchAnswer answer,
      int failures,
      long waited) {}

  private final BatchState shared;
  private final Path ownDirectory;
  private final Path raw;
  private final String sender;

  // Guarded by the lock of BatchState.
  final Condition changed;
  final List<String> notes = new ArrayList<>();
  MemberState state = MemberState.OWN;
  @Nullable BatchAnswer answer;
  @Nullable BatchMembers batch; // that has taken it
  @Nullable ScanInput input;
  Path place; // where its files are
  boolean moving;
  long bytes;
  int failures;
  long since; // when it began to wait
  long waited; // before that

  /**
   * Its session has it.
   *
   * @param raw the raw message, relative to the directory
   */
  BatchMember(BatchState shared, Path ownDirectory, Path raw, String sender) {
    this.shared = shared;
    this.changed = shared.newCondition();
    this.sender = sender;
    this.ownDirectory = ownDirectory;
    this.place = ownDirectory;
    this.raw = raw;
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
  public void shows(ScanInput files) {
    shared.shows(this, files);
  }

  /** What is to be scanned of it, where it is now. The caller holds the lock. */
  ScanInput inputHere() {
    ScanInput files = input;
    return files == null ? ScanInput.in(place) : files.movedTo(place);
  }

  /** Where its files are now. */
  Path place() {
    return shared.known(this).place;
  }

  Path raw() {
    return place().resolve(raw);
  }

  /** Nanoseconds that it has waited for runs to begin; the time in runs does not count. */
  public long waited() {
    return shared.known(this).waited;
  }

  boolean hasLeft() {
    return shared.known(this).state == MemberState.LEFT;
  }

  /** In how many batches something went wrong with it, or may have. */
  int failures() {
    return shared.known(this).failures;
  }

  /** Its answer, which is there. */
  BatchAnswer answer() {
    return Objects.requireNonNull(shared.known(this).answer);
  }

  /**
   * The session ends, and its directory goes next; may be said again. Waits until its files are not
   * being moved. A run that nobody else wants is ended.
   */
  public void leave() {
    BatchMembers has = shared.leave(this);
    if (has != null) {
      has.left();
    }
  }

  /**
   * Moves its files, for the batch that has it. Takes as long as the disk does.
   *
   * @param to does not exist; on the same file system
   * @return false if it has left, and they go with its session
   */
  boolean move(Path to) throws IOException {
    shared.failIfLocked();
    if (!shared.beginMove(this)) {
      return false;
    }
    Path from = place();
    Path now = from;
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
      now = to;
    } finally {
      shared.endMove(this, now);
    }
    return true;
  }

  /**
   * Moves its files back to where they were, before another batch may take it.
   *
   * @return false if it has left
   */
  boolean moveBack() throws IOException {
    return place().equals(ownDirectory) || move(ownDirectory);
  }

  /** Where its files are when its session has them, for a debugger. */
  @Override
  public String toString() {
    return ownDirectory.toString();
  }
}
