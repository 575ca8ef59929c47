package org.qscan.mailet;

import org.qscan.engine.LogLine;

/**
 * QScan could not find out whether a mail is infected, so the mail must not go on. This exception
 * is unchecked, because the checked one that James has for this has another name in each
 * generation.
 */
public final class MailNotScannedException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST = 500;

  /** Made at the start, because there may be no memory when it is needed. It has no stack trace. */
  @SuppressWarnings("StaticAssignmentOfThrowable")
  static final MailNotScannedException UNFORESEEN =
      new MailNotScannedException("an unforeseen error");

  /**
   * Not scanned.
   *
   * @param reason what to check, as in the log
   */
  public MailNotScannedException(String reason) {
    // James logs the text and sends it to senders, and names in it may come from senders. There is
    // no stack trace, because nothing is wrong with the program.
    super(LogLine.escape(reason, LONGEST), null, false, false);
  }
}
