package org.qscan.engine.mime;

import org.qscan.engine.store.Spend;

/**
 * Pays for work from the account of a message, and ends the reading if there is not enough left.
 * This class has the prices, in units of {@link Spend}: measured with {@code samples/bench/costs}
 * and rounded up.
 */
final class Meter {

  /** A line, whatever is in it: what it is made of is asked in a dozen ways. */
  static final int LINE = 150;

  /** An octet of a header field that may matter: copied, made small, searched for words. */
  static final int FIELD_OCTET = 20;

  /** An octet that a decoder looks at one by one. */
  static final int SLOW_OCTET = 8;

  /** A part: its lists, its header as the linter sees it. */
  static final int PART = 1500;

  /** Bytes of the heap that a part costs with its lists, while the message is read. */
  static final int PART_BYTES = 1200;

  /** Bytes of the heap that something kept costs beside its characters. */
  static final int ENTRY_BYTES = 150;

  /**
   * Something that was decoded and is kept: a part, its name, its entries. In memory that is a half
   * of it; but the answer must not depend on whether there was memory, and a file that is made,
   * named and removed takes the kernel 25 to 55 microseconds, and more on a busy machine.
   */
  static final int KEPT = 60_000;

  /** Something that was decoded and is there already: it is compared with what is there. */
  static final int TWIN = 8000;

  /** The decoding of anything, however little. */
  static final int DECODING = 3000;

  /** What inflates a range, however little there is in it: memory of the library's own. */
  static final int INFLATION = 20_000;

  /** A value of a parameter that some reader could take for given. */
  static final int CANDIDATE = 500;

  /** A charset that is asked for by its name. */
  static final int CHARSET = 2000;

  private final Spend.Account account;
  private boolean guessing;
  private long leftForGuesses;

  Meter(Spend.Account account) {
    this.account = account;
  }

  /** One that only counts, for what was read already or is bounded otherwise. */
  static Meter unlimited() {
    Spend.Account account = new Spend().account("nobody");
    account.arrived(Long.MAX_VALUE / 1000);
    return new Meter(account);
  }

  void arrived(long octets) {
    account.arrived(octets);
  }

  /**
   * Pays.
   *
   * @throws OverLimitException if there is not enough
   */
  void pay(long units) throws OverLimitException {
    if (guessing) {
      leftForGuesses -= units;
      if (leftForGuesses < 0) {
        throw new OverLimitException("no more guesses are paid for");
      }
    }
    if (!account.take(units)) {
      throw new OverLimitException(account.why());
    }
  }

  /**
   * From now on whatever is paid for is a guess. They have a third of the account at most, and only
   * what is left of it: so none takes anything from what is declared, or makes the message costly.
   */
  void beginGuessing() {
    guessing = true;
    leftForGuesses = Math.min(account.allowed() / 3, account.allowed() - account.spent());
  }

  /** Whether there is nothing left for guesses. */
  boolean hasNoneForGuesses() {
    return guessing && leftForGuesses <= 0;
  }

  /** So many bytes more of the heap are held for the message. */
  void hold(long bytes) {
    account.hold(bytes);
  }

  /** Units paid so far. */
  long paid() {
    return account.spent();
  }

  long allowed() {
    return account.allowed();
  }
}
