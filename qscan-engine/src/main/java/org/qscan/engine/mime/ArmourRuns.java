package org.qscan.engine.mime;

/**
 * Runs of OpenPGP's armour (RFC 9580, 6.2): from a line {@code -----BEGIN PGP MESSAGE-----} to one
 * that ends it, or to the end of the part. Signatures and keys have other lines, and contain
 * nothing that somebody would open.
 */
final class ArmourRuns {

  private final Lines lines;
  private final PartCount found;

  private long start = -1; // -1: none is open

  ArmourRuns(Lines lines, PartCount found) {
    this.lines = lines;
    this.found = found;
  }

  /** Takes the current line. Only lines that begin with a dash matter. */
  void line(Part part) throws OverLimitException {
    if (lines.beginsWith("-----begin pgp message")) {
      end(part, lines.start());
      start = lines.after();
    } else if (lines.beginsWith("-----end pgp")) {
      end(part, lines.start());
    }
  }

  /** Ends the run, if one is open. */
  void end(Part part, long end) throws OverLimitException {
    if (start >= 0 && end > start) {
      part.armoured().add(new ByteRange(start, end));
      found.add();
    }
    start = -1;
  }
}
