package org.qscan.engine.scan.program;

import java.time.Duration;
import org.qscan.engine.scan.VerdictCache;
import org.qscan.engine.scan.VirusScanner;

/** savscan speaks as sweep does, with other words in its banner. */
class SavscanContractTest extends SweepContractTest {

  @Override
  protected VirusScanner scanner(ProgramSettings settings, Duration timeout) {
    return ProgramScanner.savscan(settings, timeout, new VerdictCache(0));
  }

  @Override
  protected String name() {
    return "savscan";
  }

  @Override
  protected String banner() {
    return "SAVScan virus detection utility\nVersion 5.53.0 [Linux/AMD64]\nFull Scanning\n\n";
  }
}
