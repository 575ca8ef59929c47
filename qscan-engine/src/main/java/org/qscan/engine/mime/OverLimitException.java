package org.qscan.engine.mime;

/** The message is over one of our limits; the message says which, and names the key. */
final class OverLimitException extends Exception {

  private static final long serialVersionUID = 1L;

  OverLimitException(String why) {
    super(why);
  }
}
