package org.qscan.engine.mime;

import java.util.Set;

/** Runs of yEnc: from a line {@code =ybegin} to a line {@code =yend}, or to the end of the part. */
final class YencRuns {

  private final Lines lines;
  private final FileNames names;
  private final PartCount found;
  private final Meter meter;

  private long start = -1; // -1: none is open

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
      name();
    } else if (lines.beginsWith("=yend")) {
      end(part, lines.start());
    }
  }

  /** The name is the last parameter of the first line, up to its end. */
  private void name() {
    String text = lines.text();
    int name = text.indexOf("name=");
    if (name >= 0) {
      names.add(Set.of(text.substring(name + 5).strip()), meter);
    }
  }

  /** Ends the run, if one is open. */
  void end(Part part, long end) throws OverLimitException {
    if (start >= 0 && end > start) {
      part.yencoded().add(new ByteRange(start, end));
      found.add();
    }
    start = -1;
  }
}
