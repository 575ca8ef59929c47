package org.qscan.mailet;

/**
 * It could not be found out whether a mail is infected; the mail must not go on. Unchecked, because
 * the checked one that James has for this has another name in each of its versions.
 */
public final class MailNotScannedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Not scanned.
   *
   * @param reason what to check, as in the log
   */
  public MailNotScannedException(String reason) {
    super(reason);
  }
}
