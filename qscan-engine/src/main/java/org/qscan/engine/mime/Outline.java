package org.qscan.engine.mime;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.rules.MimeRule;

/**
 * The parts of a message, found in one pass over its lines. No tree: a part begins behind any line
 * that a reader could take for a boundary, whoever declared it, and whatever was open.
 */
final class Outline {

  private final Lines lines;
  private final PartCount found;
  private final Meter meter;
  private final boolean arriving;
  private final List<Part> parts = new ArrayList<>();
  private final FileNames names = new FileNames();
  private final Boundaries boundaries;
  private final HeaderFields fields;
  private Part part = new Part(0, false, true);

  private boolean inHeader = true;
  private boolean wantStart;
  private boolean wantRestart;
  private boolean inBody;
  private long previousEnd;

  private @Nullable ByteRange dash;
  private long beforeDash;

  private long runStart = -1;
  private long runEnd;
  private long runCharacters;
  private long pieceStart = -1;
  private boolean runKnown;
  private boolean pieceKnown;
  private int runQuotes;
  private final List<Part.Evidence> pieces = new ArrayList<>();
  private int replaced;

  private int guesses;
  private int uuGuesses;
  private Part.@Nullable Evidence weakest; // of those that are kept
  private boolean passedOver;

  private long uuStart = -1;
  private int uuPrefix;
  private boolean uuBegun;
  private int uuLines;
  private long yencStart = -1;
  private long binhexStart = -1;

  private Outline(InputStream in, int mostParts, Lines.Space space, Meter meter, boolean arriving) {
    this.lines = new Lines(in, space);
    this.found = new PartCount(mostParts);
    this.meter = meter;
    this.arriving = arriving;
    this.boundaries = new Boundaries(meter);
    this.fields = new HeaderFields(lines, boundaries, names, found, meter);
  }

  /**
   * Reads something that was decoded, to its end.
   *
   * @param mostParts that may be found, and stretches in them
   * @param space used until it returns
   * @param meter pays for it
   * @throws OverLimitException if there are more, or there is not enough to pay with
   */
  static Outline of(InputStream in, int mostParts, Lines.Space space, Meter meter)
      throws IOException, OverLimitException {
    return new Outline(in, mostParts, space, meter, false).read();
  }

  /** Reads a message to its end, as it arrives: it pays for itself from what has arrived. */
  static Outline arriving(InputStream in, int mostParts, Lines.Space space, Meter meter)
      throws IOException, OverLimitException {
    return new Outline(in, mostParts, space, meter, true).read();
  }

  private Outline read() throws IOException, OverLimitException {
    while (lines.next()) {
      if (arriving) {
        meter.arrived(lines.after());
      }
      meter.pay(Meter.LINE + 2 * (lines.after() - lines.start()));
      line();
    }
    endPart(previousEnd);
    return this;
  }

  List<Part> parts() {
    return parts;
  }

  /** Names of files that are given, or that some reader could take for given. */
  Set<String> names() {
    return names.all();
  }

  private void line() throws IOException, OverLimitException {
    if (dash != null && HeaderFields.looksLikeContent(lines)) {
      cut(dash, beforeDash, false);
    }
    dash = null;
    if (Boundaries.looksLikeOne(lines)) {
      if (boundaries.isDeclared(lines)) {
        cut(new ByteRange(lines.start(), lines.after()), previousEnd, true);
        previousEnd = lines.end();
        return;
      }
      dash = new ByteRange(lines.start(), lines.after());
      beforeDash = previousEnd;
    }
    if (inHeader) {
      if (lines.controls() > 0 || lines.endsWithBareCr()) {
        remark(MimeRule.HEADER_CONTROL);
      }
      header();
    } else {
      body();
    }
    previousEnd = lines.end();
  }

  // Boundaries

  private void cut(ByteRange boundary, long end, boolean declared) throws OverLimitException {
    endPart(Math.min(end, boundary.start()));
    part = new Part(boundary.end(), true, declared);
    inHeader = true;
    inBody = false;
    wantStart = false;
    wantRestart = false;
  }

  private void endPart(long end) throws OverLimitException {
    fields.endPart(part);
    endRun();
    endUuencode(end);
    endYenc(end);
    endBinhex(end);
    part.end(end);
    if (part.end() > part.start()) {
      meter.pay(Meter.PART);
      meter.hold(Meter.PART_BYTES);
      parts.add(part);
      found.add();
    }
  }

  // Header

  private void header() throws OverLimitException {
    if (lines.isEmpty()) {
      fields.end(part);
      inHeader = false;
      inBody = true;
      wantStart = true;
      data();
    } else if (lines.isBlank()) {
      remark(MimeRule.HEADER_BLANK);
      fields.goOn();
      wantStart = true;
      data();
    } else if (fields.isOpen() && lines.indent() > 0) {
      fields.goOn();
      if (wantStart) {
        data();
      }
    } else if (HeaderFields.begins(lines) || HeaderFields.isMailboxLine(lines)) {
      startField();
    } else if (HeaderFields.looksLikeContent(lines)) {
      startField();
      data();
    } else {
      remark(MimeRule.HEADER_BROKEN);
      fields.end(part);
      data();
    }
  }

  /** Only of the header at the beginning of a part: text has such lines. */
  private void remark(MimeRule rule) {
    if (part.blocks() == 0) {
      part.remark(rule, lines);
    }
  }

  private void startField() throws OverLimitException {
    fields.begin(part);
    if (inBody) {
      part.beginBlock();
      inBody = false;
    }
  }

  // Body

  private void body() throws OverLimitException {
    if (HeaderFields.looksLikeContent(lines) && HeaderFields.begins(lines)) {
      startField();
      inHeader = true;
      return;
    }
    data();
  }

  /** A line that may be data, wherever it stands. */
  private void data() throws OverLimitException {
    if (lines.isBlank()) {
      endPiece();
      wantRestart = !wantStart;
      return;
    }
    part.solid(lines.end());
    if (wantStart || part.starts().isEmpty()) {
      part.couldStart(lines.start(), lines.number());
      wantStart = false;
      wantRestart = inHeader; // the next line, where this one is taken for a header
    } else if (wantRestart || dash != null) {
      part.couldRestart(dash != null ? lines.after() : lines.start());
      wantRestart = false;
    }
    part.count(lines);
    int first = lines.first();
    if (first == '<' && !part.isMarkup() && Markup.begins(lines)) {
      part.looksLikeMarkup();
    } else if (first == 'b' && ICalendar.begins(lines)) {
      part.looksFolded();
    } else if (first == '=') {
      yenc();
    }
    base64();
    uuencode();
    binhex();
  }

  private void base64() throws OverLimitException {
    if (!isBase64()) {
      endRun();
      return;
    }
    if (lines.quotes() != runQuotes) {
      endPiece();
      runQuotes = lines.quotes();
    }
    if (runStart < 0) {
      runStart = lines.start();
      runKnown = Guess.isKnown(lines);
    }
    if (pieceStart < 0) {
      pieceStart = lines.start();
      pieceKnown = Guess.isKnown(lines);
    }
    runEnd = lines.end();
    runCharacters += lines.alphabet();
  }

  /** Nothing else but marks of a quotation before it, each with a blank. */
  private boolean isBase64() {
    if (lines.alphabet() == 0) {
      return false;
    }
    if (lines.others() == 0) {
      return lines.whites() <= lines.indent();
    }
    int quotes = lines.quotes();
    return lines.others() == quotes && lines.whites() <= quotes + lines.indent();
  }

  private void endPiece() throws OverLimitException {
    if (pieceStart >= 0) {
      Part.Evidence piece = new Part.Evidence(new ByteRange(pieceStart, runEnd), pieceKnown);
      if (pieces.size() < found.most()) {
        pieces.add(piece);
      } else {
        passedOver = true;
        if (piece.known() && replaced < found.most()) {
          pieces.set(replaced++, piece);
        }
      }
    }
    pieceStart = -1;
  }

  private void endRun() throws OverLimitException {
    endPiece();
    if (runStart >= 0) {
      Part.Evidence run = new Part.Evidence(new ByteRange(runStart, runEnd), runKnown);
      if (weakest != null && Guess.STRONGEST.compare(run, weakest) >= 0) {
        passedOver = true;
      } else if (part.add(new Part.Run(run, List.copyOf(pieces)), runCharacters)) {
        guesses += 1 + pieces.size();
        meter.hold((1 + (long) pieces.size()) * Meter.ENTRY_BYTES);
        if (guesses > 2 * found.most()) {
          keepStrongest();
        }
      }
    }
    pieces.clear();
    replaced = 0;
    runStart = -1;
    runCharacters = 0;
  }

  /**
   * What looks like base64, and nobody calls so, is no part of the message and no reason to refuse
   * it: of many the strongest are kept.
   */
  private void keepStrongest() {
    List<Part.Run> all = new ArrayList<>(part.runs());
    for (Part one : parts) {
      all.addAll(one.runs());
    }
    all.sort(Comparator.comparing(Part.Run::stretch, Guess.STRONGEST));
    Set<Part.Run> kept = Collections.newSetFromMap(new IdentityHashMap<>());
    guesses = 0;
    for (Part.Run run : all) {
      if (guesses + run.size() <= found.most()) {
        guesses += run.size();
        kept.add(run);
        weakest = run.stretch();
      }
    }
    passedOver = true;
    part.runs().retainAll(kept);
    for (Part one : parts) {
      one.runs().retainAll(kept);
    }
  }

  /** Whether some of what may be encoded was not kept. */
  boolean hasPassedOver() {
    return passedOver;
  }

  private void uuencode() throws OverLimitException {
    int beginning = Uuencode.beginning(lines);
    if (beginning >= 0) {
      endUuencode(lines.start());
      uuStart = lines.after();
      uuPrefix = beginning;
      uuBegun = true;
      uuName();
      return;
    }
    if (uuBegun) {
      boolean ends = lines.beginsWith("end") || lines.has("end", uuPrefix);
      if (ends && lines.held() < uuPrefix + 8) {
        endUuencode(lines.start());
      }
    } else if (Uuencode.isData(lines)) {
      if (uuStart < 0) {
        uuStart = lines.start();
      }
      uuLines++;
    } else {
      endUuencode(lines.start());
    }
  }

  private void uuName() {
    String text = lines.text();
    int mode = text.indexOf(' ', uuPrefix);
    int name = mode < 0 ? -1 : text.indexOf(' ', mode + 1);
    if (name > 0) {
      names.add(Set.of(text.substring(name + 1).strip()), meter);
    }
  }

  private void endUuencode(long end) throws OverLimitException {
    if (uuStart >= 0 && (uuBegun || uuLines > 1 || part.saysUuencode()) && end > uuStart) {
      if (uuBegun || uuGuesses < found.most()) {
        part.uuencoded().add(new Part.Quoted(new ByteRange(uuStart, end), uuPrefix, uuBegun));
      }
      if (uuBegun) {
        found.add();
      } else {
        passedOver |= uuGuesses >= found.most();
        uuGuesses++;
      }
    }
    uuStart = -1;
    uuPrefix = 0;
    uuBegun = false;
    uuLines = 0;
  }

  private void yenc() throws OverLimitException {
    if (lines.beginsWith("=ybegin ")) {
      endYenc(lines.start());
      yencStart = lines.after();
      String text = lines.text();
      int name = text.indexOf("name=");
      if (name >= 0) {
        names.add(Set.of(text.substring(name + 5).strip()), meter);
      }
    } else if (lines.beginsWith("=yend")) {
      endYenc(lines.start());
    }
  }

  private void endYenc(long end) throws OverLimitException {
    if (yencStart >= 0 && end > yencStart) {
      part.yencoded().add(new ByteRange(yencStart, end));
      found.add();
    }
    yencStart = -1;
  }

  private void binhex() throws OverLimitException {
    if (BinHex.begins(lines)) {
      endBinhex(lines.start()); // it may have been none
      binhexStart = lines.start();
    }
    if (binhexStart >= 0 && lines.held() > 1 && lines.at(lines.held() - 1) == ':') {
      endBinhex(lines.end());
    }
  }

  private void endBinhex(long end) throws OverLimitException {
    if (binhexStart >= 0 && end > binhexStart) {
      part.binhexed().add(new ByteRange(binhexStart, end));
      found.add();
    }
    binhexStart = -1;
  }
}
