package org.qscan.qmail.cli;

/** The class archive cannot be built; mail is scanned without it, but slower. */
final class CacheFailure extends Exception {
  private static final long serialVersionUID = 1L;

  CacheFailure(String whatToCheck) {
    super(whatToCheck, null, false, false);
  }

  /** The sentence for the operator; never null. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
