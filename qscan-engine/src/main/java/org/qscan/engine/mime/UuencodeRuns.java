package org.qscan.engine.mime;

import java.util.List;
import java.util.Set;

/**
 * Runs of lines of uuencode: from a line that begins such a file to one that ends it, or lines that
 * look like its data, though no line begins them.
 */
final class UuencodeRuns {

  /** Characters of a line of base64 that is no word. */
  private static final int FULL_BASE64 = 12;

  private final Lines lines;
  private final FileNames names;
  private final PartCount found;
  private final Meter meter;

  private long start = -1; // -1: none is open
  private int prefix;
  private boolean begun;
  private int dataLines;
  private boolean full; // one of them is as long as an encoder makes all but the last
  private boolean exact; // one of them is as long as it says

  private boolean base64;
  private boolean complete; // its base64 has ended, and what follows is none to most readers
  private boolean base64Full; // one of its lines is no word
  private int guesses;
  private boolean passedOver;
  private final UuencodePieces pieces;
  private long base64Start = -1; // of lines of base64 that no line begins; -1: there are none

  UuencodeRuns(Lines lines, FileNames names, PartCount found, Meter meter) {
    this.lines = lines;
    this.names = names;
    this.found = found;
    this.meter = meter;
    this.pieces = new UuencodePieces(meter);
  }

  /** Takes the current line, which is not blank. */
  void line(Part part) throws OverLimitException {
    int beginning = Uuencode.beginning(lines);
    if (beginning >= 0) {
      end(part, lines.start());
      pieces.begin();
      start = lines.after();
      prefix = beginning;
      begun = true;
      base64 = lines.beginsWith("begin-base64");
      name();
      return;
    }
    boolean ends = lines.beginsWith("end") || lines.has("end", prefix);
    if (ends && lines.held() < prefix + 8) {
      end(part, lines.start(), true);
      return;
    }
    if (begun) {
      complete |= base64 && isEndOfBase64();
      return;
    }
    base64(part);
    if (Uuencode.isData(lines)) {
      if (start < 0) {
        start = lines.start();
      }
      dataLines++;
      exact |= Uuencode.isExact(lines);
      if (Uuencode.isFull(lines)) {
        full = true;
        part.looksUuencoded();
      }
    } else {
      end(part, lines.start(), lines.held() == 1 && lines.at(0) == '`'); // a line of no octets
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

  /**
   * Takes a line in a part where none begins a file for base64 of one that began in another part: a
   * line that begins no file does not say which of the two it would be.
   */
  private void base64(Part part) {
    boolean data =
        lines.others() == 0
            && lines.alphabet() > 0
            && (lines.alphabet() + lines.pads()) % 4 == 0
            && lines.whites() == 0;
    if (data && base64Start < 0) {
      base64Start = lines.start();
    }
    base64Full |= data && lines.alphabet() >= FULL_BASE64;
    if (!data) {
      endBase64(part, lines.start(), isEndOfBase64());
    }
  }

  private boolean isEndOfBase64() {
    return lines.pads() >= 3 && lines.pads() == lines.held();
  }

  private void endBase64(Part part, long end, boolean ends) {
    if (base64Start >= 0 && (ends || base64Full || pieces.wantsBase64())) {
      ByteRange range = new ByteRange(base64Start, end);
      add(part, new Continuation.Piece(range, ends, true, !ends && !base64Full));
    }
    base64Start = -1;
    base64Full = false;
  }

  /** Base64 that its part declares is a file of its own, and there is much of it. */
  private void add(Part part, Continuation.Piece piece) {
    if (!part.isNothingButBase64()) {
      pieces.add(piece);
    }
  }

  /** Ends the run, if one is open, and the part: the file may go on in the next. */
  void endPart(Part part, long end) throws OverLimitException {
    boolean goesOn = begun && start >= 0 && end > start && !complete;
    Part.Quoted run = new Part.Quoted(new ByteRange(start, end), prefix, true, base64);
    end(part, end);
    endBase64(part, end, false);
    if (goesOn) {
      pieces.goOn(part, run);
    }
  }

  /** Files that go on in other parts; complete when all lines have been taken. */
  List<Continuation> continued() {
    return pieces.files();
  }

  /** Ends the run, if one is open. One that no line begins is a guess, and needs two lines. */
  private void end(Part part, long end) throws OverLimitException {
    end(part, end, false);
  }

  private void end(Part part, long end, boolean ends) throws OverLimitException {
    if (start >= 0 && !begun && end > start && (ends || exact || pieces.isOpen())) {
      ByteRange range = new ByteRange(start, end);
      add(part, new Continuation.Piece(range, ends, false, !ends && !full));
    }
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
    complete = false;
    dataLines = 0;
    full = false;
    exact = false;
  }

  /** Whether some guesses were not kept. */
  boolean hasPassedOver() {
    return passedOver;
  }
}
