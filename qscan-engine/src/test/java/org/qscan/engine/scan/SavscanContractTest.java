package org.qscan.engine.scan;

import java.time.Duration;

/** savscan speaks as sweep does, with other words in its banner. */
class SavscanContractTest extends SweepContractTest {

  @Override
  VirusScanner scanner(ProgramSettings settings, Duration timeout) {
    return ProgramScanner.savscan(settings, timeout, new VerdictCache(0));
  }

  @Override
  String name() {
    return "savscan";
  }

  @Override
  String banner() {
    return "SAVScan virus detection utility\nVersion 5.53.0 [Linux/AMD64]\nFull Scanning\n\n";
  }
}
