package org.qscan.engine.testing;

import java.util.Optional;
import org.qscan.engine.Outcome;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.ScanReport;

/** What a test wants of an outcome. */
public final class Outcomes {

  private Outcomes() {}

  /**
   * The report of a message that was judged.
   *
   * @throws ScanFailure if it could not be found out what it is
   */
  public static ScanReport report(Outcome outcome) throws ScanFailure {
    Optional<ScanReport> report =
        outcome.match(judged -> Optional.of(judged.report()), failed -> Optional.empty());
    if (report.isEmpty()) {
      throw new ScanFailure(outcome.failure());
    }
    return report.get();
  }
}
