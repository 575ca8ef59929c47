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
 * One session's place in the work directory: its directory, and the lock that proves its owner
 * alive. Both are made when they are needed first, because a small message may be judged without a
 * file. Closing removes both.
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
   * @throws ScanFailure if the disk is full, descriptors are short, and the like; or the session
   *     was closed meanwhile
   */
  public void settle() throws ScanFailure {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (isNew()) {
        return;
      }
      pause(); // a janitor took the lock file for a dead one's, and is about to remove it
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

  /** False if somebody else has the lock file of this name, if only for the moment. */
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
      work.restore(); // somebody has removed .live, or all
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

  /** The other name of the lock; where the file system has no such links it goes without. */
  private void linkLock() throws IOException {
    try {
      Files.createLink(directory().resolve(WorkDirectory.ALIVE), live());
    } catch (NoSuchFileException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      // Then .live is the only proof of life, as it was.
    }
  }

  private Path live() {
    return work.lockFile(id);
  }

  /**
   * Makes a directory in the session's, which whoever may read the one may read as well.
   *
   * @param name not in use yet
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

  /** Whether it was closed or given up; waits for nothing. */
  boolean isGivenUp() {
    return givenUp;
  }

  /**
   * Removes the directory and all in it, then the lock. What cannot be removed is left to the
   * janitor: the answer to the message does not depend on it.
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
      // The lock file stays, and so the janitor finds the rest.
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
