package org.qscan.engine.scan.daemon;

import java.io.IOException;
import org.qscan.engine.scan.CanaryLost;
import org.qscan.engine.scan.EndpointHealth;
import org.qscan.engine.scan.ScanCall;

/** How to speak with a daemon that scans. */
interface Protocol {

  /**
   * Has files scanned, each of which the daemon must answer for.
   *
   * @param address where the daemon is
   * @param queries has the files, and gets what was found in those for which there is a whole and
   *     consistent answer; a file that could not be scanned is a gap
   * @param canaries say whether it is believed
   * @param call the deadline
   * @throws CanaryLost if it is not believed
   * @throws IOException if the daemon cannot be reached, or does not keep to the protocol
   */
  void scan(EndpointAddress address, FileQueries queries, DaemonCanaries canaries, ScanCall call)
      throws IOException;

  /**
   * Whether what this daemon says of a file may depend on the file's name. If not, it is shown the
   * same octets once, whatever they are called.
   */
  boolean goesByNames(EndpointAddress address);

  /**
   * Shows it a canary, in the way in which it is shown mail.
   *
   * @throws IOException as with {@link #scan}
   */
  void tryCanary(EndpointAddress address, DaemonCanaries canaries, ScanCall call)
      throws IOException;

  /**
   * Asks the daemon how it is.
   *
   * @throws IOException as with {@link #scan}
   */
  EndpointHealth health(EndpointAddress address, ScanCall call) throws IOException;
}
