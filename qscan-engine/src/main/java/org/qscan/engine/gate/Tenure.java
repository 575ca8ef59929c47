package org.qscan.engine.gate;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One session's place in the work directory: its directory, and the lock that proves its owner
 * alive. Closing removes both.
 */
public final class Tenure implements AutoCloseable {

  private final WorkDirectory work;
  private final String id;
  private final FileChannel lock;
  private boolean closed;

  Tenure(WorkDirectory work, String id, FileChannel lock) {
    this.work = work;
    this.id = id;
    this.lock = lock;
  }

  /** The session's id: digits, letters a to f and two dashes. */
  public String id() {
    return id;
  }

  /** The session's directory. */
  public Path directory() {
    return work.path().resolve(id);
  }

  /**
   * Makes a directory in the session's, which whoever may read the one may read as well.
   *
   * @param name not in use yet
   */
  public Path makeRoom(String name) throws IOException {
    return work.makeDirectory(directory().resolve(name));
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /**
   * Removes the directory and all in it, then the lock. What cannot be removed is left to the
   * janitor: the answer to the message does not depend on it.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      Trees.remove(directory());
      Files.deleteIfExists(work.path().resolve(WorkDirectory.LIVE).resolve(id));
    } catch (IOException e) {
      // The lock file stays, and so the janitor finds the rest.
    } finally {
      try {
        lock.close();
      } catch (IOException e) {
        // Nothing was written through it.
      }
      work.forget(id);
    }
  }
}
