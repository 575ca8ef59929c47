package org.qscan.qmail.daemon;

import java.time.Duration;
import org.qscan.engine.EngineConfig;
import org.qscan.engine.ScanEngine;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.config.Configuration;
import org.qscan.qmail.QmailConfig;

/**
 * The configuration as it was read once, with the engine made from it. A message is judged by the
 * same service from its first octet to its answer, whatever is reloaded meanwhile.
 *
 * @param daemon the daemon's part
 * @param qmail the front end's part
 * @param engine the engine
 * @param slots {@code gate.slots}
 * @param patience {@code gate.patience}
 * @param spool the files for large messages
 */
record Service(
    DaemonConfig daemon,
    QmailConfig qmail,
    ScanEngine engine,
    int slots,
    Duration patience,
    Spool spool) {

  /**
   * Makes the engine, checks the work directory, and cleans it.
   *
   * @throws ScanFailure if the work directory cannot be used
   */
  static Service of(Configuration configuration) throws ScanFailure {
    EngineConfig config = EngineConfig.from(configuration);
    ScanEngine engine = ScanEngine.of(config);
    return new Service(
        DaemonConfig.from(configuration),
        QmailConfig.from(configuration),
        engine,
        config.slots(),
        config.patience(),
        Spool.in(config.workDirectory()));
  }
}
