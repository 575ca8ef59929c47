package org.qscan.engine.mime;

/**
 * Runs of BinHex: from a line of its characters that a colon begins to a line that a colon ends.
 * Blanks at the ends of lines are ignored. The first line may be short if it follows the line by
 * which programs recognise the format.
 */
final class BinHexRuns {

  private final Lines lines;
  private final PartCount found;

  private boolean announced;
  private long start = -1; // -1: none is open

  BinHexRuns(Lines lines, PartCount found) {
    this.lines = lines;
    this.found = found;
  }

  /** Takes the current line, which is not blank. */
  void line(Part part) throws OverLimitException {
    int first = lines.first();
    if (first == '(' && lines.beginsWith("(this file must be converted with binhex")) {
      announced = true;
      return;
    }
    if (first == ':' && BinHex.begins(lines, announced)) {
      end(part, lines.start()); // what was open may have been no BinHex
      start = lines.start() + lines.indent();
      announced = false;
    }
    if (start >= 0 && lines.solidLength() > 1 && lines.at(lines.solidLength() - 1) == ':') {
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
