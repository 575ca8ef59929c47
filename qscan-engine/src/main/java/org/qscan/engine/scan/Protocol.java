package org.qscan.engine.scan;

import java.io.IOException;

/** How to speak with a daemon that scans. */
interface Protocol {

  /**
   * Has files scanned, each of which the daemon must answer for.
   *
   * @param place where
   * @param inquest has the files, and gets what was found in those for which there is a whole and
   *     consistent answer; a file that could not be scanned is a gap
   * @param call the deadline
   * @throws IOException if the daemon cannot be reached, or does not keep to the protocol
   */
  void scan(Place place, Inquest inquest, Call call) throws IOException;

  /**
   * Asks the daemon how it is.
   *
   * @throws IOException as with {@link #scan}
   */
  Health health(Place place, Call call) throws IOException;
}
