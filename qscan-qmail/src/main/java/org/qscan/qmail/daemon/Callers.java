package org.qscan.qmail.daemon;

import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Finds out who called. The kernel tells a number at once; but Java hands out the name only, which
 * a directory service may be asked for, and locks the channel meanwhile. So nobody touches a
 * channel before this is done with it, and a service that stands still holds up those whose names
 * it has to tell. Names of {@code /etc/passwd} are found without it, where {@code nsswitch.conf}
 * says {@code files} first.
 */
final class Callers implements AutoCloseable {

  /** Look-ups at a time; each that stands still has a thread. */
  static final int MOST = 128;

  private static final int IDLE_SECONDS = 60;

  private final ExecutorService threads =
      new ThreadPoolExecutor(
          0,
          MOST,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          work -> {
            Thread thread = new Thread(work, "qscan-caller");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Finds out who called.
   *
   * @param answer gets the name, on another thread
   * @return false if too many look-ups are under way; then there will be no answer
   */
  boolean ask(SocketChannel channel, Consumer<String> answer) {
    try {
      threads.execute(() -> answer.accept(Peer.user(channel)));
      return true;
    } catch (RejectedExecutionException | OutOfMemoryError e) { // no thread
      return false;
    }
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
