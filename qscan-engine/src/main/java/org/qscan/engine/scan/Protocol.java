package org.qscan.engine.scan;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** How to speak with a daemon that scans. */
interface Protocol {

  /**
   * Has files scanned, each of which the daemon must answer for.
   *
   * @param place where
   * @param files absolute paths, with names of ours
   * @param call the deadline
   * @param tally gets what was found in files for which there is a whole and consistent answer; a
   *     file that could not be scanned is a gap
   * @throws IOException if the daemon cannot be reached, or does not keep to the protocol
   */
  void scan(Place place, List<Path> files, Call call, Tally tally) throws IOException;

  /**
   * Asks the daemon how it is.
   *
   * @throws IOException as with {@link #scan}
   */
  Health health(Place place, Call call) throws IOException;
}
