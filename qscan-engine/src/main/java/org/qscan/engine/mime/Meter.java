package org.qscan.engine.mime;

import org.qscan.engine.store.Spend;

/**
 * Pays for work from the account of a message, and ends the reading if there is not enough left.
 * This class has the prices, in units of {@link Spend}: measured with {@code samples/bench/costs}
 * and rounded up.
 */
final class Meter {

  /** The price of a line, whatever it contains, because it is checked in a dozen ways. */
  static final int LINE = 150;

  /**
   * The price of an octet in a header field that may matter: it is copied, converted to lower case,
   * and searched.
   */
  static final int FIELD_OCTET = 20;

  /** The price of an octet that a decoder reads by itself. */
  static final int SLOW_OCTET = 8;

  /** The price of a part: its lists, and the check of its header. */
  static final int PART = 1500;

  /** The bytes of the heap that a part with its lists needs while the message is read. */
  static final int PART_BYTES = 1200;

  /** The bytes of the heap that an entry needs beside its characters. */
  static final int ENTRY_BYTES = 150;

  /** Something that was decoded and is kept: a part, its name, its entries. */
  static final int KEPT = Spend.PART;

  /** The price of decoded content that exists already: it is compared with the other part. */
  static final int TWIN = 8000;

  /** The price of decoding anything, however little. */
  static final int DECODING = 3000;

  /** What inflates a range, however little there is in it: memory of the library's own. */
  static final int INFLATION = 20_000;

  /** The price of a value that some reader could find for a parameter. */
  static final int CANDIDATE = 500;

  /** The price of looking up a charset by its name. */
  static final int CHARSET = 2000;

  private final Spend.Account account;
  private boolean guessing;
  private long leftForGuesses;

  Meter(Spend.Account account) {
    this.account = account;
  }

  /** A meter that only counts, for content that was read already or is bounded in another way. */
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
   * Tells that everything that is paid for from now on is a guess. Guesses have a third of the
   * account at most, and only what is left of it. So they take nothing from declared content, and
   * do not make the message costly.
   */
  void beginGuessing() {
    guessing = true;
    leftForGuesses = Math.min(account.allowed() / 3, account.allowed() - account.spent());
  }

  /** Whether there is nothing left for guesses. */
  boolean hasNoneForGuesses() {
    return guessing && leftForGuesses <= 0;
  }

  /** Counts more bytes of the heap that are used for the message. */
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
