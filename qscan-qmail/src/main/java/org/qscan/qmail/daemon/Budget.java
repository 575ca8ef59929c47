package org.qscan.qmail.daemon;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes of memory for messages, all connections together. */
final class Budget {

  private volatile long limit;
  private final AtomicLong taken = new AtomicLong();

  Budget(long limit) {
    this.limit = limit;
  }

  /** A new limit; what is taken above it stays taken. */
  void limit(long bytes) {
    limit = bytes;
  }

  /** Takes so many bytes, or none. */
  boolean take(long bytes) {
    if (taken.addAndGet(bytes) <= limit) {
      return true;
    }
    taken.addAndGet(-bytes);
    return false;
  }

  void give(long bytes) {
    taken.addAndGet(-bytes);
  }

  long taken() {
    return taken.get();
  }
}
