package org.qscan.qmail;

/**
 * The exit codes that QScan itself gives. All others come from the real qmail-queue and are passed
 * on unchanged. qmail's clients take 11 to 40 as permanent and nearly all else as temporary
 * (qmail.c, qmail_close).
 */
public enum QueueExit {
  /** The real qmail-queue has the message. */
  QUEUED(
      0,
      "queued by the real qmail-queue, or a bounce discarded because of bounce.infected=discard"),
  /** An address is too long. qmail-queue would leave files behind if it found that itself. */
  ADDRESS_TOO_LONG(11, "an address in the envelope has more than 1002 octets"),
  /** The message is refused; the key is exit.infected. */
  INFECTED(39, "refused for good: infected, or unscannable and rejected by policy"),
  /** The caller gave up, or was killed. */
  BROKEN_OFF(54, "the envelope ended before its last NUL, or could not be read"),
  /** The envelope is malformed. qmail-queue would leave files behind if it found that itself. */
  BAD_ENVELOPE(91, "the envelope does not have the form F sender NUL (T recipient NUL)* NUL"),
  /** The caller should try again; the key is exit.failed. */
  FAILED(99, "QScan could not find out what the message is, or the policy defers it");

  private final int code;
  private final String meaning;

  QueueExit(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  /**
   * The code. For {@link #INFECTED} and {@link #FAILED}, it is the default, which can be
   * configured.
   */
  public int code() {
    return code;
  }

  /** What the code tells the caller. */
  public String meaning() {
    return meaning;
  }
}
