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
 * A message that may share a run, from its session's first moment to its last. For a shared run,
 * its files are moved to the run's directory. They stay there until the run ends, even if the
 * session ends before: files that vanish during a scan would disturb the whole run, and new files
 * may get their inode numbers, by which sweep recognises files that it has seen already.
 *
 * <p>{@link BatchState} has the rules for its changes of state, and guards the fields that are not
 * final.
 */
public final class BatchMember {

  /** Who has the message. */
  enum MemberState {
    /** Its session has it: it does not wait for a run, or not any more. */
    OWN,
    /** Nobody has it yet: it waits for a run. */
    WAITING,
    /** A batch has it. */
    TAKEN,
    /** Nobody has it any more: its session has ended. */
    LEFT
  }

  /** The state of a message at one moment. */
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
  @Nullable BatchMembers batch; // the batch that has taken it
  @Nullable ScanInput input;
  Path place; // where its files are
  boolean moving;
  long bytes;
  int failures;
  long since; // when it began to wait
  long waited; // in earlier waits

  /**
   * A message that its session has.
   *
   * @param raw the path of the raw message, relative to the directory
   */
  BatchMember(BatchState shared, Path ownDirectory, Path raw, String sender) {
    this.shared = shared;
    this.changed = shared.newCondition();
    this.sender = sender;
    this.ownDirectory = ownDirectory;
    this.place = ownDirectory;
    this.raw = raw;
  }

  /** The sender, with whose messages it takes turns with those of others. */
  String sender() {
    return sender;
  }

  /**
   * Sets what has to be scanned of it.
   *
   * @param files the files as they were when they were complete
   */
  public void shows(ScanInput files) {
    shared.shows(this, files);
  }

  /** What has to be scanned of it, at its present place. The caller holds the lock. */
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

  /** How many nanoseconds it has waited for runs to begin. The time during runs does not count. */
  public long waited() {
    return shared.known(this).waited;
  }

  boolean hasLeft() {
    return shared.known(this).state == MemberState.LEFT;
  }

  /** The number of batches in which something went wrong with it, or may have gone wrong. */
  int failures() {
    return shared.known(this).failures;
  }

  /** Its answer. There must be one. */
  BatchAnswer answer() {
    return Objects.requireNonNull(shared.known(this).answer);
  }

  /**
   * Tells that the session ends, and that its directory will be removed next. This waits until its
   * files are not being moved, and ends the run if nobody else needs it. A second call changes
   * nothing.
   */
  public void leave() {
    BatchMembers has = shared.leave(this);
    if (has != null) {
      has.left();
    }
  }

  /**
   * Moves its files, for the batch that has it. This takes as long as the disk does.
   *
   * @param to must not exist yet, and must be on the same file system
   * @return false if it has left, so that its session removes the files
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
   * Moves its files back to their own directory, before another batch may take it.
   *
   * @return false if it has left
   */
  boolean moveBack() throws IOException {
    return place().equals(ownDirectory) || move(ownDirectory);
  }

  /** Its own directory, for a debugger. */
  @Override
  public String toString() {
    return ownDirectory.toString();
  }
}
