package org.qscan.qmail.daemon;

/** The other end sent something that does not belong to the protocol. */
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
