package org.qscan.qmail.daemon;

/** The other end sent something that the protocol does not allow. */
final class ProtocolException extends Exception {
  private static final long serialVersionUID = 1L;

  ProtocolException(String what) {
    super(what, null, false, false);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
