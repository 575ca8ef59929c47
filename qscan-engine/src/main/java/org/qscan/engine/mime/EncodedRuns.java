package org.qscan.engine.mime;

import java.util.List;

/**
 * Finds lines of a part that look encoded, whatever its header says, with a class for each format.
 * Quoted-printable has no such class, because it has no lines that belong to it alone: {@link
 * Part#count} counts its escapes.
 */
final class EncodedRuns {

  private final Lines lines;
  private final Base64Runs base64;
  private final UuencodeRuns uuencode;
  private final YencRuns yenc;
  private final BinHexRuns binhex;
  private final ArmourRuns armour;

  /**
   * For the parts of one outline.
   *
   * @param parts that have ended
   * @param names takes the names of files that stand in the formats' own first lines
   * @param found counts what a format announces itself
   */
  EncodedRuns(Lines lines, List<Part> parts, FileNames names, PartCount found, Meter meter) {
    this.lines = lines;
    this.base64 = new Base64Runs(lines, parts, found.most(), meter);
    this.uuencode = new UuencodeRuns(lines, names, found, meter);
    this.yenc = new YencRuns(lines, names, found, meter);
    this.binhex = new BinHexRuns(lines, found);
    this.armour = new ArmourRuns(lines, found);
  }

  /** Takes the current line, which is not blank. */
  void line(Part part) throws OverLimitException {
    if (lines.first() == '=') {
      yenc.line(part);
    }
    base64.line(part);
    uuencode.line(part);
    binhex.line(part);
    if (lines.first() == '-') {
      armour.line(part);
    }
  }

  /** Takes a blank line: the other formats go on behind it. */
  void blankLine() {
    base64.blankLine();
  }

  /** Ends all that is open, because its part ends. */
  void end(Part part, long end) throws OverLimitException {
    base64.end(part);
    uuencode.endPart(part, end);
    yenc.end(part, end);
    binhex.end(part, end);
    armour.end(part, end);
  }

  /** Files in uuencode that go on in other parts. */
  List<Continuation> continued() {
    return uuencode.continued();
  }

  /** Whether some of what may be encoded was not kept. */
  boolean hasPassedOver() {
    return base64.hasPassedOver() || uuencode.hasPassedOver();
  }
}
