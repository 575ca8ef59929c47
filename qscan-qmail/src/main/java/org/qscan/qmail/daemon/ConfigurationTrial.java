package org.qscan.qmail.daemon;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.qscan.engine.Health;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;

/**
 * Finds the errors in a configuration that {@code qscan check} would find, as far as a running
 * qscand can try it: in the work directory, the programs, and the scanners, which must answer and
 * find the EICAR test file.
 */
final class ConfigurationTrial {

  private ConfigurationTrial() {}

  /**
   * Tries a configuration. This takes as long as a scan.
   *
   * @param configuration the configuration that was read
   * @param service the service that was made from it
   * @param atMost how long to wait for scanners to find the test file
   * @return what is wrong, a sentence each; empty if mail can be scanned
   */
  static List<String> of(Configuration configuration, Service service, Duration atMost) {
    List<String> troubles = new ArrayList<>(service.engine().health().failures());
    Path queue = configuration.path(Key.QUEUE_PROGRAM);
    String trouble = Health.trouble(queue);
    if (!trouble.isEmpty()) {
      troubles.add(Key.QUEUE_PROGRAM.text() + " " + queue + " " + trouble);
    }
    if (troubles.isEmpty()) { // otherwise the scanners would only repeat it
      troubles.addAll(service.engine().askScanners().failures());
      troubles.remove(service.engine().alarm()); // scanners=none was set on purpose
    }
    if (troubles.isEmpty()) {
      troubles.addAll(service.engine().tryCanaries(atMost));
    }
    return troubles;
  }
}
