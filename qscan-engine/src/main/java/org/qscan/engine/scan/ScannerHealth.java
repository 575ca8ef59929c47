package org.qscan.engine.scan;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A scanner's state in a sentence, for {@code qscan check}, a daemon's log at its start, and health
 * checks.
 *
 * @param scanner its name
 * @param level how bad it is
 * @param sentence the state, and what to do about it
 * @param takesAtMost the most bytes that it accepts for one part; 0 if there is no limit, or if it
 *     does not report one
 */
public record ScannerHealth(String scanner, HealthLevel level, String sentence, long takesAtMost) {

  /** A scanner that reports no limit. */
  public ScannerHealth(String scanner, HealthLevel level, String sentence) {
    this(scanner, level, sentence, 0);
  }

  /** How bad a state is, the mildest first. */
  public enum HealthLevel {
    /** It works. */
    GOOD,
    /** It works, and the operator should change something. */
    WARNING,
    /** It does not work, or its virus data are too old. */
    FAILED
  }

  /** All sentences about a scanner; there is at least one. */
  static List<ScannerHealth> of(
      VirusScanner scanner, String session, Duration maxAge, Instant now) {
    List<EndpointHealth> endpoints = scanner.health(session);
    boolean oneAnswers = endpoints.isEmpty();
    for (EndpointHealth endpoint : endpoints) {
      oneAnswers |= endpoint.failure() == null;
    }
    List<ScannerHealth> all = new ArrayList<>();
    for (EndpointHealth endpoint : endpoints) {
      String failure = endpoint.failure();
      if (failure != null) {
        // Mail flows as long as one address answers.
        all.add(
            new ScannerHealth(
                scanner.name(), oneAnswers ? HealthLevel.WARNING : HealthLevel.FAILED, failure));
      } else {
        all.add(works(scanner, endpoint, maxAge, now));
        for (String warning : endpoint.warnings()) {
          all.add(
              new ScannerHealth(
                  scanner.name(), HealthLevel.WARNING, endpoint.endpoint() + " " + warning));
        }
      }
    }
    if (endpoints.isEmpty()) {
      all.add(new ScannerHealth(scanner.name(), HealthLevel.GOOD, "reports nothing about itself"));
    }
    return all;
  }

  private static ScannerHealth works(
      VirusScanner scanner, EndpointHealth endpoint, Duration maxAge, Instant now) {
    String answers =
        endpoint.endpoint()
            + (endpoint.version().isEmpty() ? " answers" : " answers: " + endpoint.version());
    Instant date = endpoint.dataDate();
    if (date == null) {
      return new ScannerHealth(
          scanner.name(),
          HealthLevel.GOOD,
          answers + "; the date of its virus data is not known, so data.max-age cannot be checked",
          endpoint.takesAtMost());
    }
    if (DataAge.isTooOld(date, maxAge, now)) {
      return new ScannerHealth(
          scanner.name(),
          HealthLevel.FAILED,
          answers + "; " + DataAge.tooOld(date, maxAge),
          endpoint.takesAtMost());
    }
    if (DataAge.isInFuture(date, now)) {
      return new ScannerHealth(
          scanner.name(),
          HealthLevel.WARNING,
          answers + "; " + DataAge.inFuture(date),
          endpoint.takesAtMost());
    }
    return new ScannerHealth(
        scanner.name(),
        HealthLevel.GOOD,
        answers + "; virus data of " + date,
        endpoint.takesAtMost());
  }
}
