package org.qscan.qmail.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.Explanation;
import org.qscan.engine.Outcome;
import org.qscan.engine.ScanEngine;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.ScanSession;

/**
 * Judges one message after the other. One thread may call {@link #judge}. Any thread may call
 * {@link #close()}, which ends the scan that is under way: nothing of it is left in the work
 * directory, and no other scan begins.
 */
final class Judge implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 5;

  private final ScanEngine engine;
  private @Nullable ScanSession session;
  private CountDownLatch atWork = new CountDownLatch(0);
  private boolean closed;

  Judge(ScanEngine engine) {
    this.engine = engine;
  }

  /** Judges a message in a file. */
  FileOutcome judge(Path file) {
    try (InputStream message = Files.newInputStream(file)) {
      return judge(file, message);
    } catch (IOException e) {
      return FileOutcome.failed(file, "cannot be read: " + ScanFailure.inWords(e));
    }
  }

  /**
   * Judges a message from a stream.
   *
   * @param name its name for the result
   * @param message read to its end
   */
  FileOutcome judge(Path name, InputStream message) {
    try (ScanSession opened = enter()) {
      try {
        opened.receive(message);
        return new FileOutcome(name, opened.scan());
      } catch (ScanFailure e) {
        return new FileOutcome(name, Outcome.failed(e.getMessage(), opened.facts()));
      }
    } catch (ScanFailure e) {
      return FileOutcome.failed(name, e.getMessage());
    } finally {
      leave();
    }
  }

  /**
   * Finds out everything about a message from a stream.
   *
   * @param message read to its end
   */
  Explanation explain(InputStream message) {
    try (ScanSession opened = enter()) {
      opened.receive(message);
      return opened.explain();
    } catch (ScanFailure e) {
      return Explanation.failed(String.valueOf(e.getMessage()));
    } finally {
      leave();
    }
  }

  private synchronized ScanSession enter() throws ScanFailure {
    if (closed) {
      throw new ScanFailure("interrupted");
    }
    atWork = new CountDownLatch(1);
    ScanSession opened = engine.open();
    session = opened;
    return opened;
  }

  private synchronized void leave() {
    session = null;
    atWork.countDown();
  }

  /** Whether it was closed. Then the last result of {@link #judge} does not count. */
  synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    CountDownLatch working;
    synchronized (this) {
      closed = true;
      working = atWork;
      if (session != null) {
        session.close();
      }
    }
    try {
      // Another thread may have made a file while the directory was being removed. Once it has
      // stopped, the janitor finds what is left.
      if (working.getCount() > 0 && working.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        engine.clean();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ScanFailure e) {
      // The next front end that starts removes it.
    }
  }
}
