package org.qscan.mailet;

import java.util.function.IntSupplier;
import org.apache.james.metrics.api.GaugeRegistry;
import org.apache.james.metrics.api.MetricFactory;
import org.apache.james.metrics.api.TimeMetric;

/**
 * The metrics of our work, in James' own terms: the counters {@code qscan.verdict.clean}, {@code
 * .infected}, {@code .unscannable}, {@code .failed}; the timer {@code qscan.total}, from the first
 * byte to the verdict; the gauge {@code qscan.running}, the messages that are being scanned or wait
 * for it.
 */
final class VirusScanMetrics {

  static final String VERDICT = "qscan.verdict.";
  static final String TOTAL = "qscan.total";
  static final String RUNNING = "qscan.running";

  private final MetricFactory metrics;
  private final GaugeRegistry gauges;

  VirusScanMetrics(MetricFactory metrics, GaugeRegistry gauges) {
    this.metrics = metrics;
    this.gauges = gauges;
  }

  void showRunning(IntSupplier running) {
    gauges.register(RUNNING, running::getAsInt);
  }

  TimeMetric start() {
    return metrics.timer(TOTAL);
  }

  void count(String verdict) {
    metrics.generate(VERDICT + verdict).increment();
  }
}
