package org.qscan.engine.mime;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.rules.MimeRule;

/**
 * The parts of a message, found in one pass over its lines. They do not form a tree: a part begins
 * after any line that some reader could take for a boundary, whichever header field declared that
 * and whatever part was open.
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
  private final EncodedRuns runs;
  private Part part = new Part(0, false, true);

  private boolean inHeader = true;
  private boolean inBody; // no header field has been met since the header ended
  private boolean wantStart; // the next line of data may be the first of the body
  private boolean wantRestart; // data may begin anew with the next line of it
  private long previousEnd;

  /** The line before, if it looks like a boundary and nobody declared it. */
  private @Nullable ByteRange undeclared;

  private long endBeforeUndeclared;

  private Outline(InputStream in, int mostParts, Lines.Space space, Meter meter, boolean arriving) {
    this.lines = new Lines(in, space);
    this.found = new PartCount(mostParts);
    this.meter = meter;
    this.arriving = arriving;
    this.boundaries = new Boundaries(meter);
    this.fields = new HeaderFields(lines, boundaries, names, found, meter);
    this.runs = new EncodedRuns(lines, parts, names, found, meter);
  }

  /**
   * Reads decoded content to its end.
   *
   * @param mostParts the most parts and encoded runs that may be found
   * @param space buffers that are used until this returns
   * @param meter pays for it
   * @throws OverLimitException if there are more, or there is not enough to pay with
   */
  static Outline of(InputStream in, int mostParts, Lines.Space space, Meter meter)
      throws IOException, OverLimitException {
    return new Outline(in, mostParts, space, meter, false).read();
  }

  /** Reads a message to its end, as it arrives. The work is paid from what has arrived. */
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

  /** Files in uuencode that go on in other parts. */
  List<Continuation> continued() {
    return runs.continued();
  }

  /** Pieces of files in yEnc, put together. */
  Set<List<YencBlock>> joined() {
    List<YencBlock> all = new ArrayList<>();
    for (Part one : parts) {
      all.addAll(one.yencoded());
    }
    return all.size() < 2 ? Set.of() : YencBlock.joined(all);
  }

  /** Names of files that are given, or that some reader could take for given. */
  Set<String> names() {
    return names.all();
  }

  /** See {@link Boundaries#met}. */
  int met(Iterable<String> candidates) {
    return boundaries.met(candidates);
  }

  /** Whether some of what may be encoded was not kept. */
  boolean hasPassedOver() {
    return runs.hasPassedOver();
  }

  private void line() throws IOException, OverLimitException {
    if (undeclared != null && HeaderFields.looksLikeContent(lines)) { // so that was a boundary
      cut(undeclared, endBeforeUndeclared, false);
    }
    undeclared = null;
    if (Boundaries.looksLikeOne(lines)) {
      if (boundaries.isDeclared(lines)) {
        cut(new ByteRange(lines.start(), lines.after()), previousEnd, true);
        previousEnd = lines.end();
        return;
      }
      undeclared = new ByteRange(lines.start(), lines.after());
      part.looksDivided();
      endBeforeUndeclared = previousEnd;
    }
    if (inHeader) {
      if (lines.hasSeparator() || lines.endsWithBareCr()) {
        addHit(MimeRule.HEADER_CONTROL);
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
    runs.end(part, end);
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
      addHit(MimeRule.HEADER_BLANK);
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
      addHit(MimeRule.HEADER_BROKEN);
      fields.end(part);
      data();
    }
  }

  /** Only the header at the beginning of a part counts: text has such lines as well. */
  private void addHit(MimeRule rule) {
    if (part.blocks() == 0) {
      part.addHit(rule, lines);
    }
  }

  private void startField() throws OverLimitException {
    fields.begin(part);
    if (inBody) {
      part.beginBlock(lines.start());
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

  /** Takes a line that may belong to the body, wherever it stands. */
  private void data() throws OverLimitException {
    if (lines.isBlank()) {
      runs.blankLine();
      wantRestart = !wantStart;
      return;
    }
    part.solid(lines.end());
    if (wantStart || part.starts().isEmpty()) {
      if (part.couldStart(lines.start(), lines.number())) {
        found.add();
      }
      wantStart = false;
      wantRestart = inHeader; // the next line, where this one is taken for a header
    } else if (wantRestart || undeclared != null) {
      part.couldRestart(undeclared != null ? lines.after() : lines.start());
      wantRestart = false;
    }
    part.count(lines);
    int first = lines.first();
    if (first == '<' && !part.isMarkup() && Markup.begins(lines)) {
      part.looksLikeMarkup();
    } else if (first == 'b' && ICalendar.begins(lines)) {
      part.looksLikeCalendar();
    }
    runs.line(part);
  }
}
