package org.qscan.engine;

import java.util.List;
import org.qscan.engine.scan.IgnoredThreats;
import org.qscan.engine.scan.Panel;
import org.qscan.engine.scan.VirusScanner;

/** Panels of scanners for tests, as an engine with this configuration would have. */
final class Panels {

  private Panels() {}

  static Panel of(EngineConfig config, List<VirusScanner> scanners) {
    return new Panel(
        scanners,
        config.requireAll(),
        new IgnoredThreats(config.ignoredThreats()),
        config.dataMaxAge(),
        config.scanTimeout());
  }
}
