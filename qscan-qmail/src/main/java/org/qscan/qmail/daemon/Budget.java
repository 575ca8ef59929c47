package org.qscan.qmail.daemon;

import org.qscan.engine.store.Ledger;

/**
 * The memory for arriving messages, for all connections together: as much as is configured, as long
 * as the {@link Ledger} has it. Any thread may use it.
 */
final class Budget {

  private static final long LITTLE = 64 << 10;

  private final Ledger ledger;
  private long limit;
  private long taken;

  Budget(long limit) {
    this(limit, Ledger.ofThisProcess());
  }

  Budget(long limit, Ledger ledger) {
    this.limit = limit;
    this.ledger = ledger;
  }

  /** Sets a new limit. Bytes that are taken already stay taken. */
  synchronized void limit(long bytes) {
    limit = bytes;
  }

  /**
   * Takes so many bytes, or none if there is not enough room. Large messages leave a half to small
   * ones, so that a few large messages which do not make progress do not force small ones into
   * files.
   *
   * @param all how many bytes the message has then
   */
  synchronized boolean take(long bytes, long all) {
    if (taken + bytes > most(all) || !ledger.take(bytes)) {
      return false;
    }
    taken += bytes;
    return true;
  }

  /**
   * Whether so many bytes could be taken now.
   *
   * @param all as above
   */
  synchronized boolean has(long bytes, long all) {
    return taken + bytes <= most(all) && ledger.has(bytes);
  }

  private long most(long all) {
    long most = Math.min(limit, ledger.most() / 3);
    return all > LITTLE ? most / 2 : most;
  }

  void give(long bytes) {
    synchronized (this) {
      taken -= bytes;
    }
    ledger.give(bytes);
  }

  synchronized long taken() {
    return taken;
  }
}
