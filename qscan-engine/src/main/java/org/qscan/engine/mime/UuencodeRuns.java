package org.qscan.engine.mime;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs of lines of uuencode: from a line that begins such a file to one that ends it, or lines that
 * look like its data, though no line begins them.
 */
final class UuencodeRuns {

  private final Lines lines;
  private final FileNames names;
  private final PartCount found;
  private final Meter meter;

  private long start = -1; // -1: none is open
  private int prefix;
  private boolean begun;
  private int dataLines;
  private boolean full; // one of them is as long as an encoder makes all but the last

  private boolean base64;
  private int guesses;
  private boolean passedOver;
  private @Nullable Continuation open; // a file that has begun in another part
  private final List<Continuation> continued = new ArrayList<>();

  UuencodeRuns(Lines lines, FileNames names, PartCount found, Meter meter) {
    this.lines = lines;
    this.names = names;
    this.found = found;
    this.meter = meter;
  }

  /** Takes the current line, which is not blank. */
  void line(Part part) throws OverLimitException {
    int beginning = Uuencode.beginning(lines);
    if (beginning >= 0) {
      end(part, lines.start());
      endContinuation();
      start = lines.after();
      prefix = beginning;
      begun = true;
      base64 = lines.beginsWith("begin-base64");
      name();
      return;
    }
    boolean ends = lines.beginsWith("end") || lines.has("end", prefix);
    if (ends && lines.held() < prefix + 8) {
      end(part, lines.start());
      endContinuation();
    } else if (begun) {
      return;
    } else if (Uuencode.isData(lines)) {
      if (start < 0) {
        start = lines.start();
      }
      dataLines++;
      if (Uuencode.isFull(lines)) {
        full = true;
        part.looksUuencoded();
      }
    } else {
      end(part, lines.start());
    }
  }

  /** The name stands behind the mode: {@code begin 644 name}. */
  private void name() {
    String text = lines.text();
    int mode = text.indexOf(' ', prefix);
    int name = mode < 0 ? -1 : text.indexOf(' ', mode + 1);
    if (name > 0) {
      names.add(Set.of(text.substring(name + 1).strip()), meter);
    }
  }

  /** Ends the run, if one is open, and the part: the file may go on in the next. */
  void endPart(Part part, long end) throws OverLimitException {
    boolean goesOn = begun && start >= 0 && end > start && !base64;
    Part.Quoted run = new Part.Quoted(new ByteRange(start, end), prefix, true, false);
    end(part, end);
    if (goesOn) {
      endContinuation();
      open = new Continuation(part, run, new ArrayList<>(List.of(run.range())));
    }
  }

  /** Takes lines of data that no line begins for more of the file that has begun elsewhere. */
  private void goOn(long end) {
    if (open != null && !begun && start >= 0 && dataLines > 0 && end > start) {
      open.ranges().add(new ByteRange(start, end));
      meter.hold(Meter.ENTRY_BYTES);
    }
  }

  /** Files that go on in other parts; complete when all lines have been taken. */
  List<Continuation> continued() {
    endContinuation();
    return continued;
  }

  private void endContinuation() {
    if (open != null && open.ranges().size() > 1) {
      continued.add(open);
    }
    open = null;
  }

  /** Ends the run, if one is open. One that no line begins is a guess, and needs two lines. */
  void end(Part part, long end) throws OverLimitException {
    goOn(end);
    if (start >= 0 && (begun || (dataLines > 1 && full) || part.saysUuencode()) && end > start) {
      if (begun || guesses < found.most()) {
        part.uuencoded().add(new Part.Quoted(new ByteRange(start, end), prefix, begun, base64));
      }
      if (begun) {
        found.add();
      } else {
        passedOver |= guesses >= found.most();
        guesses++;
      }
    }
    start = -1;
    prefix = 0;
    begun = false;
    base64 = false;
    dataLines = 0;
    full = false;
  }

  /** Whether some guesses were not kept. */
  boolean hasPassedOver() {
    return passedOver;
  }
}
