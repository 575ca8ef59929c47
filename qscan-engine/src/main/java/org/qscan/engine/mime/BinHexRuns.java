package org.qscan.engine.mime;

/**
 * Runs of BinHex: from a line of its characters that a colon begins to a line that a colon ends.
 */
final class BinHexRuns {

  private final Lines lines;
  private final PartCount found;

  private long start = -1; // -1: none is open

  BinHexRuns(Lines lines, PartCount found) {
    this.lines = lines;
    this.found = found;
  }

  /** Takes the current line, which is not blank. */
  void line(Part part) throws OverLimitException {
    if (BinHex.begins(lines)) {
      end(part, lines.start()); // what was open may have been no BinHex
      start = lines.start();
    }
    if (start >= 0 && lines.held() > 1 && lines.at(lines.held() - 1) == ':') {
      end(part, lines.end());
    }
  }

  /** Ends the run, if one is open. */
  void end(Part part, long end) throws OverLimitException {
    if (start >= 0 && end > start) {
      part.binhexed().add(new ByteRange(start, end));
      found.add();
    }
    start = -1;
  }
}
