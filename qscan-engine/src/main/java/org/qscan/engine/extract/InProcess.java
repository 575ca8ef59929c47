package org.qscan.engine.extract;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.qscan.engine.store.Effort;
import org.qscan.engine.store.MessageStore;

/**
 * The work of a reader in this process. It has a thread of its own while the message arrives. If a
 * small message is complete already, the session's thread reads it, because another thread would
 * cost more than the reading.
 */
public abstract class InProcess implements Extractor.Work {

  /** The most octets of a message that the session's thread reads. */
  private static final int AT_ONCE = 64 * 1024;

  private static final int STOPS_WITHIN_SECONDS = 2;
  private static final int THREAD_IDLE_SECONDS = 10;

  /** There are as many threads as messages. They are kept for a while for the next messages. */
  private static final ThreadPoolExecutor THREADS =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          THREAD_IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          work -> {
            Thread thread = new Thread(work, "qscan-reader");
            thread.setDaemon(true);
            return thread;
          });

  private final InputStream message;
  private final Effort effort;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final long started = System.nanoTime();
  private volatile Extraction result =
      Extraction.unable("a reader ended unexpectedly: out of memory?");
  private volatile long longest = Long.MAX_VALUE;
  private volatile long began = started;
  private volatile Duration took = Duration.ZERO;
  private volatile boolean cancelled;
  private volatile boolean isLeftToFinish;

  /**
   * A reader of this message. Call {@link #begin} to start it.
   *
   * @throws IOException if it cannot be opened
   */
  protected InProcess(MessageStore message) throws IOException {
    this.message = message.follow();
    this.effort = message.effort();
    this.isLeftToFinish = message.isWholeInMemory() && message.size() <= AT_ONCE;
  }

  /** Starts to read, or leaves that to {@link #finish}. */
  public final InProcess begin() {
    if (!isLeftToFinish) {
      THREADS.execute(this::run);
    }
    return this;
  }

  /**
   * Reads the message to its end.
   *
   * @param arriving the message as it comes
   * @return the result, also if it failed
   * @throws IOException if it was given up; {@link #late} is the result then
   */
  protected abstract Extraction read(InputStream arriving) throws IOException;

  /** The result if the message was not read within extract.timeout. */
  protected abstract Extraction late();

  /** Whether nobody waits for the result any more, so that the reader should stop soon. */
  protected final boolean isGivenUp() {
    return cancelled || System.nanoTime() - started > longest || effort.isSpent();
  }

  /** Whether the reader has ended, so that its result does not change any more. */
  protected final boolean hasEnded() {
    return ended.getCount() == 0;
  }

  private void run() {
    began = System.nanoTime();
    try (message) {
      Extraction read = read(message);
      result = isGivenUp() ? late() : read;
    } catch (IOException e) {
      result = late();
    } finally {
      took = Duration.ofNanos(System.nanoTime() - began);
      ended.countDown();
    }
  }

  @Override
  public final Duration took() {
    return hasEnded() ? took : Duration.ofNanos(System.nanoTime() - began);
  }

  @Override
  public final Extraction finish(Duration patience) {
    if (isLeftToFinish) {
      isLeftToFinish = false;
      longest = System.nanoTime() - started + patience.toNanos();
      run();
    }
    try {
      if (ended.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        return result;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    cancel();
    return late();
  }

  /**
   * Stops the reader. This returns only when its thread has stopped, because its files may be
   * removed next.
   */
  @Override
  public final void cancel() {
    cancelled = true;
    try {
      message.close();
      if (!isLeftToFinish) {
        ended.await(STOPS_WITHIN_SECONDS, TimeUnit.SECONDS);
      }
    } catch (IOException e) {
      // Nothing can be lost: the stream was for reading only.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
