package org.qscan.engine.mime;

import java.util.Set;

/** Runs of yEnc: from a line {@code =ybegin} to a line {@code =yend}, or to the end of the part. */
final class YencRuns {

  private final Lines lines;
  private final FileNames names;
  private final PartCount found;
  private final Meter meter;

  private long start = -1; // -1: none is open
  private String name = "";
  private long number;
  private long size;
  private long begin;

  YencRuns(Lines lines, FileNames names, PartCount found, Meter meter) {
    this.lines = lines;
    this.names = names;
    this.found = found;
    this.meter = meter;
  }

  /** Takes the current line; only one that begins with an equals sign can mean anything. */
  void line(Part part) throws OverLimitException {
    if (lines.beginsWith("=ybegin ")) {
      end(part, lines.start());
      start = lines.after();
      firstLine();
    } else if (lines.beginsWith("=ypart ") && begin == 0) {
      begin = YencBlock.number(lines.text(), "begin=");
    } else if (lines.beginsWith("=yend")) {
      end(part, lines.start());
    }
  }

  /** The name is the last parameter of the first line, up to its end. */
  private void firstLine() {
    String text = lines.text();
    number = YencBlock.number(text, "part=");
    size = YencBlock.number(text, "size=");
    begin = 0;
    int at = text.indexOf("name=");
    name = at >= 0 ? text.substring(at + 5).strip() : "";
    if (at >= 0) {
      names.add(Set.of(name), meter);
    }
  }

  /** Ends the run, if one is open. */
  void end(Part part, long end) throws OverLimitException {
    if (start >= 0 && end > start) {
      part.yencoded().add(new YencBlock(new ByteRange(start, end), name, number, size, begin));
      meter.hold(Meter.ENTRY_BYTES + name.length());
      found.add();
    }
    start = -1;
  }
}
