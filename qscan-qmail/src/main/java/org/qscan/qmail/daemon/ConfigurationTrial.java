package org.qscan.qmail.daemon;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.qscan.engine.Health;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;

/**
 * What {@code qscan check} would object to in a configuration, as far as a running qscand can try
 * it: the work directory, the programs, whether each scanner answers and finds what it must find.
 */
final class ConfigurationTrial {

  private ConfigurationTrial() {}

  /**
   * Tries it; takes as long as a scan.
   *
   * @param configuration read
   * @param service made from it
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
    if (troubles.isEmpty()) { // else the scanners would only say it again
      troubles.addAll(service.engine().askScanners().failures());
      troubles.remove(service.engine().alarm()); // scanners=none is what somebody wants
    }
    if (troubles.isEmpty()) {
      troubles.addAll(service.engine().tryCanaries(atMost));
    }
    return troubles;
  }
}
