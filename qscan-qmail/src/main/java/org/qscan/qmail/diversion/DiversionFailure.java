package org.qscan.qmail.diversion;

/** qscan-client could not be put in the way of mail, or could not be taken out of it. */
public final class DiversionFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * A failure.
   *
   * @param whatToDo a sentence for the operator: what was found, and what to do
   */
  public DiversionFailure(String whatToDo) {
    super(whatToDo, null, false, false);
  }

  /** The sentence for the operator; never null. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
