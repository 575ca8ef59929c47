package org.qscan.engine.scan.daemon;

import java.net.SocketTimeoutException;

/** A daemon that is there and had no time for us yet: it may be asked again. */
final class Busy extends SocketTimeoutException {
  private static final long serialVersionUID = 1L;

  Busy(String sentence) {
    super(sentence);
  }
}
