package org.qscan.qmail.daemon;

import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.qscan.engine.time.Ticker;

/**
 * Finds out which user called. The kernel knows the number at once. But Java returns only the name:
 * it may ask a directory service for it, and it locks the channel meanwhile. So no channel is used
 * before its user is known, and if a directory service hangs, only users wait whose names it has to
 * supply. Names in {@code /etc/passwd} are found without it, if {@code nsswitch.conf} has {@code
 * files} first.
 */
final class Callers implements AutoCloseable {

  /** The most threads. One is enough unless a look-up hangs. */
  static final int MOST = 128;

  /** How long a look-up waits before another thread is started for it. */
  private static final long STANDS_STILL_NANOS = 20_000_000;

  private static final int IDLE_SECONDS = 60;

  private record UserLookup(SocketChannel channel, Consumer<String> answer, long asked) {}

  private final Ticker ticker;
  private final Queue<UserLookup> questions = new ConcurrentLinkedQueue<>();
  private final AtomicInteger working = new AtomicInteger();
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

  /** Nothing is looked up yet. */
  Callers(Ticker ticker) {
    this.ticker = ticker;
  }

  /**
   * Finds out who called.
   *
   * @param answer gets the name, on another thread
   */
  void ask(SocketChannel channel, Consumer<String> answer) {
    questions.add(new UserLookup(channel, answer, ticker.nanos()));
    help();
  }

  /**
   * How many look-ups have not begun yet. They are done in the order in which they came, so the
   * caller keeps their number small. Look-ups that hang are not counted.
   */
  int waiting() {
    return questions.size();
  }

  /**
   * Starts another thread if look-ups have waited too long. Call this now and then while answers
   * are expected.
   */
  void help() {
    UserLookup first = questions.peek();
    int now = working.get();
    if (first != null
        && (now == 0 || (now < MOST && ticker.nanos() - first.asked() > STANDS_STILL_NANOS))) {
      working.incrementAndGet();
      try {
        threads.execute(this::work);
      } catch (RejectedExecutionException
          | OutOfMemoryError e) { // no thread is available; perhaps there is one later
        working.decrementAndGet();
      }
    }
  }

  private void work() {
    try {
      for (UserLookup next = questions.poll(); next != null; next = questions.poll()) {
        next.answer().accept(PeerUser.user(next.channel()));
      }
    } finally {
      working.decrementAndGet();
    }
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
