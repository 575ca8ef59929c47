package org.qscan.qmail.daemon;

import org.qscan.engine.store.Ledger;

/**
 * Bytes of memory for messages that arrive, all connections together: as much as is configured, as
 * long as the {@link Ledger} has it. For any thread.
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

  /** A new limit; what is taken above it stays taken. */
  synchronized void limit(long bytes) {
    limit = bytes;
  }

  /**
   * Takes so many bytes, or none. Who wants much leaves a half to those who want little: some large
   * messages that do not go on are no reason to write the small ones to files.
   *
   * @param all what the message has then
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
