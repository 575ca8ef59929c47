package org.qscan.engine.gate;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.time.Ticker;

/**
 * The place of one session in the work directory: its directory, and the lock that proves that its
 * owner lives. Both are made when they are first needed, because a small message may be judged
 * without any file. Closing the lease removes both.
 */
public final class SessionLease implements AutoCloseable {

  private static final int ATTEMPTS = 200;

  private final WorkDirectory work;
  private final String id;
  private final Ticker ticker;
  private @Nullable FileChannel lock;
  private volatile boolean givenUp;
  private boolean closed;

  SessionLease(WorkDirectory work, String id, Ticker ticker) {
    this.ticker = ticker;
    this.work = work;
    this.id = id;
  }

  /** The session's id: digits, letters a to f and two dashes. */
  public String id() {
    return id;
  }

  /** The session's directory, which is there once the session has {@linkplain #settle settled}. */
  public Path directory() {
    return work.path().resolve(id);
  }

  /**
   * Makes the directory and the lock, if they are not there.
   *
   * @throws ScanFailure if they cannot be made (for example, because the disk is full or no
   *     descriptor is free), or if the session was closed meanwhile
   */
  public void settle() throws ScanFailure {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (isNew()) {
        return;
      }
      pause(); // a janitor took the lock file for that of a dead session, and is about to remove it
    }
    throw new ScanFailure(
        "the lock file " + live() + " cannot be locked: does another session have its name?");
  }

  private void pause() throws ScanFailure {
    try {
      ticker.sleep(TimeUnit.MILLISECONDS.toNanos(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ScanFailure("interrupted while making a session");
    }
  }

  /**
   * Makes the lock and the directory. False if another process has a lock file of this name,
   * perhaps only for a moment.
   */
  synchronized boolean isNew() throws ScanFailure {
    if (givenUp) {
      throw new ScanFailure("the session was closed before the end of its scan");
    }
    if (lock != null) {
      return true;
    }
    try {
      return isMade();
    } catch (NoSuchFileException e) {
      work.restore(); // somebody has removed .live, or the whole directory
    } catch (IOException e) {
      throw cannotMake(e);
    }
    try {
      return isMade();
    } catch (IOException e) {
      throw cannotMake(e);
    }
  }

  private ScanFailure cannotMake(IOException e) {
    return new ScanFailure("cannot make a session in work.directory " + work.path(), e);
  }

  private boolean isMade() throws IOException {
    boolean made = false;
    FileChannel fresh = WorkDirectory.lockNew(live());
    if (fresh == null) {
      return false;
    }
    try {
      work.makeDirectory(directory());
      linkLock();
      lock = fresh;
      made = true;
      return true;
    } finally {
      if (!made) {
        remove(fresh);
      }
    }
  }

  /** Makes the second name of the lock. A file system without hard links does without it. */
  private void linkLock() throws IOException {
    try {
      Files.createLink(directory().resolve(WorkDirectory.ALIVE), live());
    } catch (NoSuchFileException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      // Then the file in .live is the only proof that the session lives.
    }
  }

  private Path live() {
    return work.lockFile(id);
  }

  /**
   * Makes a directory within the session's directory, with the same rights.
   *
   * @param name a name that is not in use yet
   */
  public Path makeRoom(String name) throws IOException {
    return work.makeDirectory(directory().resolve(name));
  }

  /**
   * Announces that the session will be closed, so that nobody goes on waiting for a slot for it.
   * This returns at once, while {@link #close()} may have many files to remove.
   */
  public void giveUp() {
    givenUp = true;
  }

  /** Whether it was closed or given up. This does not wait. */
  boolean isGivenUp() {
    return givenUp;
  }

  /**
   * Removes the directory with its content, and then the lock. Files that cannot be removed are
   * left to the janitor, because the answer to the message does not depend on them.
   */
  @Override
  public synchronized void close() {
    giveUp();
    FileChannel held = lock;
    if (closed || held == null) {
      closed = true;
      return;
    }
    closed = true;
    remove(held);
  }

  private void remove(FileChannel held) {
    try {
      Trees.remove(directory());
      Files.deleteIfExists(live());
    } catch (IOException e) {
      // The lock file stays, so that the janitor finds the rest.
    } finally {
      try {
        held.close();
      } catch (IOException e) {
        // Nothing was written through it.
      }
      work.forget(id);
    }
  }
}
