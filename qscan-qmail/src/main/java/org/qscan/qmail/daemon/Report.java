package org.qscan.qmail.daemon;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.qscan.engine.LogLine;
import org.qscan.engine.ScanEngine;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.gate.Occupancy;
import org.qscan.engine.scan.ScannerHealth;

/** The state of the daemon for the operator, as lines {@code name=value}. */
final class Report {

  private static final int LONGEST = 500;

  private final StringBuilder lines = new StringBuilder();

  void add(String name, long value) {
    lines.append(name).append('=').append(value).append('\n');
  }

  /**
   * Adds a line.
   *
   * @param text any text; it is escaped
   */
  void add(String name, String text) {
    lines.append(name).append('=').append(LogLine.escape(text, LONGEST)).append('\n');
  }

  /** Adds the state of the host's gate. */
  void addGate(ScanEngine engine) {
    try {
      Occupancy gate = engine.gate();
      add("gate_slots", gate.slots());
      add("gate_taken", gate.taken());
      add("gate_waiting", gate.waiting());
    } catch (ScanFailure e) {
      add("gate_failure", String.valueOf(e.getMessage()));
    }
  }

  /** Adds each scanner: its state, what it says, and the age of its virus data if that is known. */
  void addScanners(ScanEngine engine, ScannerWatch.ScannerReports look) {
    Map<String, ScannerHealth> worst = new LinkedHashMap<>();
    for (ScannerHealth one : look.scanners()) {
      worst.merge(one.scanner(), one, Report::worse);
    }
    Map<String, Instant> dates = engine.dataDates();
    worst.forEach((name, health) -> {
      add("scanner_" + name, health.level().name().toLowerCase(Locale.ROOT));
      add("scanner_" + name + "_says", health.sentence());
      Instant date = dates.get(name);
      if (date != null) {
        add("scanner_" + name + "_data_age_s", Duration.between(date, Instant.now()).toSeconds());
      }
    });
    List<String> alarms = engine.alarms(); // known at once, but the rest may be a minute old
    if (!alarms.isEmpty()) {
      add("scanners_alarm", String.join("; ", alarms));
    }
    if (!look.failure().isEmpty()) {
      add("scanners_failure", look.failure());
    }
  }

  private static ScannerHealth worse(ScannerHealth one, ScannerHealth other) {
    return other.level().compareTo(one.level()) > 0 ? other : one;
  }

  @Override
  public String toString() {
    return lines.toString();
  }
}
