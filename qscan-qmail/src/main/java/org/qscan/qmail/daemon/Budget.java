package org.qscan.qmail.daemon;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of memory for messages, all connections together; whatever is configured, never more than a
 * third of the heap.
 */
final class Budget {

  private static final long MOST = Runtime.getRuntime().maxMemory() / 3;

  private volatile long limit;
  private final AtomicLong taken = new AtomicLong();

  Budget(long limit) {
    this.limit = Math.min(limit, MOST);
  }

  /** A new limit; what is taken above it stays taken. */
  void limit(long bytes) {
    limit = Math.min(bytes, MOST);
  }

  /** Takes so many bytes, or none. */
  boolean take(long bytes) {
    if (taken.addAndGet(bytes) <= limit) {
      return true;
    }
    taken.addAndGet(-bytes);
    return false;
  }

  /** Whether so many bytes could be taken now. */
  boolean has(long bytes) {
    return taken.get() + bytes <= limit;
  }

  void give(long bytes) {
    taken.addAndGet(-bytes);
  }

  long taken() {
    return taken.get();
  }
}
