package org.qscan.engine;

/**
 * We could not find out what the message is: answer "try again". The message tells the operator
 * what to check: the key, the file, the value, what is allowed.
 */
public final class ScanFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * Could not find out.
   *
   * @param whatToCheck a sentence for the log
   */
  public ScanFailure(String whatToCheck) {
    // The stack trace of an expected failure tells the operator nothing, and filling it in costs.
    super(whatToCheck, null, false, false);
  }

  /**
   * Could not find out, because of this.
   *
   * @param whatToCheck a sentence for the log
   * @param cause what happened
   */
  public ScanFailure(String whatToCheck, Throwable cause) {
    super(whatToCheck + ": " + describe(cause), cause, false, false);
  }

  private static String describe(Throwable cause) {
    String text = cause.getMessage();
    String kind = cause.getClass().getSimpleName();
    return text == null ? kind : kind + ": " + text;
  }

  /** The sentence for the log; never null. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
