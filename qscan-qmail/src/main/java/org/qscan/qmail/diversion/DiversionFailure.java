package org.qscan.qmail.diversion;

/** Something stands in the way of putting qscan-client in the mail's way, or of taking it out. */
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
