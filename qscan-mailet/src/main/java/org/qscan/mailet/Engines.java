package org.qscan.mailet;

import com.google.inject.Inject;
import com.google.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.james.metrics.api.GaugeRegistry;
import org.apache.james.metrics.api.MetricFactory;
import org.qscan.engine.EngineConfig;
import org.qscan.engine.Health;
import org.qscan.engine.Policy;
import org.qscan.engine.ScanEngine;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.config.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engines of this server: one for all mailets and hooks that have the same configuration.
 * {@link VirusScanModule} makes James create a single object of this class; James 3.8.1 and 3.9.0
 * do so without it as well. With several objects, the only loss would be that the mailet scans
 * again what the hook has scanned. (The limit on scans at a time is for the whole host anyway.)
 */
@Singleton
public final class Engines {

  private static final Logger LOG = LoggerFactory.getLogger("org.qscan.mailet");

  private record Settings(EngineConfig engine, Policy policy) {}

  private static final class Use {
    private final MailScanner scanner;
    private int users;

    Use(MailScanner scanner) {
      this.scanner = scanner;
    }
  }

  private final VirusScanMetrics metrics;
  private final Map<Settings, Use> uses = new HashMap<>();

  /**
   * Made by James.
   *
   * @param metrics where verdicts are counted
   * @param gauges where the number of mails that are being scanned, or wait for it, is shown
   */
  @Inject
  public Engines(MetricFactory metrics, GaugeRegistry gauges) {
    this.metrics = new VirusScanMetrics(metrics, gauges);
    this.metrics.showRunning(this::running);
  }

  /**
   * The scanner for this configuration. Call {@link #release} in the end.
   *
   * @throws ScanFailure if the work directory cannot be used
   */
  synchronized MailScanner use(Configuration configuration) throws ScanFailure {
    Settings settings = new Settings(EngineConfig.from(configuration), Policy.from(configuration));
    Use use = uses.get(settings);
    if (use == null) {
      ScanEngine engine = ScanEngine.of(settings.engine());
      use = new Use(new MailScanner(engine, settings.policy(), metrics));
      uses.put(settings, use);
      engine.onAlarm(Engines::tell);
      if (!engine.alarm().isEmpty()) {
        LOG.error("qscan: {}", engine.alarm());
      }
      if (engine.asksDaemons()) {
        tellHealth(use.scanner);
      }
    }
    use.users++;
    return use.scanner;
  }

  /** Logs when a scanner stops finding the EICAR test file, and when it finds it again. */
  private static void tell(boolean begins, String sentence) {
    if (begins) {
      LOG.error("qscan: ALARM: {}", sentence);
    } else {
      LOG.info("qscan: {}", sentence);
    }
  }

  /**
   * Tells in the log, once, what is wrong with scanners that are daemons: for example, a clamd that
   * says OK because its limits kept it from scanning everything. This does not run on the thread
   * that starts the server, because the server should start even if a scanner is away.
   */
  private static void tellHealth(MailScanner scanner) {
    Thread look =
        new Thread(
            () -> {
              Health health = scanner.health();
              health.failures().forEach(failure -> LOG.error("qscan: {}", failure));
              health.warnings().forEach(warning -> LOG.warn("qscan: {}", warning));
            },
            "qscan-health");
    look.setDaemon(true);
    look.start();
  }

  /**
   * Gives a scanner back. When the last user has done so, the scanner is closed, after a short wait
   * for running scans.
   */
  void release(MailScanner scanner) {
    if (isUnused(scanner)) {
      scanner.close();
    }
  }

  private synchronized boolean isUnused(MailScanner scanner) {
    for (Use use : uses.values()) {
      if (use.scanner == scanner && --use.users == 0) {
        uses.values().remove(use);
        return true;
      }
    }
    return false;
  }

  /** The scanners in use. */
  synchronized List<MailScanner> inUse() {
    List<MailScanner> scanners = new ArrayList<>();
    for (Use use : uses.values()) {
      scanners.add(use.scanner);
    }
    return scanners;
  }

  private int running() {
    int running = 0;
    for (MailScanner scanner : inUse()) {
      running += scanner.running();
    }
    return running;
  }
}
