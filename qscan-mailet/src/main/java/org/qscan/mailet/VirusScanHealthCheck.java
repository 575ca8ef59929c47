package org.qscan.mailet;

import com.google.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import org.apache.james.core.healthcheck.ComponentName;
import org.apache.james.core.healthcheck.HealthCheck;
import org.apache.james.core.healthcheck.Result;
import org.qscan.engine.Health;
import org.qscan.engine.LogLine;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Checks whether mail can be scanned now: the work directory, the programs, and the outcome of the
 * last mail. In healthcheck.properties:
 *
 * <pre>
 * additional.healthchecks=org.qscan.mailet.VirusScanHealthCheck
 * </pre>
 *
 * <p>It needs {@link VirusScanModule}; without that, it does not see the engines of the mailets and
 * hooks.
 */
public final class VirusScanHealthCheck implements HealthCheck {

  static final ComponentName NAME = new ComponentName("Virus scan");

  private final Engines engines;

  /**
   * Made by James.
   *
   * @param engines what the mailets and hooks use
   */
  @Inject
  public VirusScanHealthCheck(Engines engines) {
    this.engines = engines;
  }

  @Override
  public ComponentName componentName() {
    return NAME;
  }

  /** Reads files, and therefore does not run on the thread that asks. */
  @Override
  public Publisher<Result> check() {
    return Mono.fromCallable(this::look).subscribeOn(Schedulers.boundedElastic());
  }

  private Result look() {
    List<MailScanner> scanners = engines.inUse();
    if (scanners.isEmpty()) {
      return Result.degraded(
          NAME,
          "no mailet and no hook to check: name org.qscan.mailet.VirusScanModule in"
              + " guice.extension.module of extensions.properties, and use VirusScan in"
              + " mailetcontainer.xml or VirusScanHook in smtpserver.xml");
    }
    List<String> failures = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    for (MailScanner scanner : scanners) {
      Health health = scanner.health();
      failures.addAll(health.failures());
      warnings.addAll(health.warnings());
      MailScanner.Last last = scanner.last();
      if (last != null && last.verdict().equals(MailDecision.FAILED)) {
        warnings.add(
            "the last mail, at "
                + last.when()
                + ", could not be scanned: "
                + LogLine.escape(last.reason(), 200));
      }
    }
    if (!failures.isEmpty()) {
      failures.addAll(warnings);
      return Result.unhealthy(NAME, String.join("; ", failures));
    }
    return warnings.isEmpty()
        ? Result.healthy(NAME)
        : Result.degraded(NAME, String.join("; ", warnings));
  }
}
