package org.qscan.engine.mime;

import java.io.IOException;

/** Where octets go, one by one. */
@FunctionalInterface
interface Octets {

  /**
   * Takes an octet.
   *
   * @param octet its last eight bits count
   */
  void write(int octet) throws IOException, OverLimitException;
}
