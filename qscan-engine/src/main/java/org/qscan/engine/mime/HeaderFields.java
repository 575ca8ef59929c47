package org.qscan.engine.mime;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Puts together the header fields that matter, line by line, and takes the boundaries, the names of
 * files, and the places of {@code data:} URIs from them. Every line counts that some reader could
 * take for a header.
 */
final class HeaderFields {

  private static final int LONGEST_FIELD = 65536;

  /** Characters of all fields that are kept: a heap is small. */
  private static final int MOST_TEXT = 1 << 20;

  private static final int FIELDS_FOR_A_PART = 10;

  private final Lines lines;
  private final Boundaries boundaries;
  private final FileNames names;
  private final PartCount found;
  private final Meter meter;
  private int kept;
  private long keptText;

  private @Nullable StringBuilder field; // null: none is open
  private long fieldLine;
  private long fieldStart;
  private long fieldEnd;
  private boolean fieldIsWhole;
  private boolean fieldMatters;

  HeaderFields(Lines lines, Boundaries boundaries, FileNames names, PartCount found, Meter meter) {
    this.lines = lines;
    this.boundaries = boundaries;
    this.names = names;
    this.found = found;
    this.meter = meter;
  }

  /** Whether a line is a name without blanks and a colon, perhaps with blanks before the colon. */
  static boolean begins(Lines line) {
    int i = 0;
    while (i < line.held() && line.at(i) > ' ' && line.at(i) != ':') {
      i++;
    }
    int nameEnd = i;
    while (i < line.held() && line.at(i) <= ' ') {
      i++;
    }
    return nameEnd > 0 && line.at(i) == ':';
  }

  /** Whether it is the line that mailboxes put before each message. */
  static boolean isMailboxLine(Lines line) {
    return line.start() == 0 && line.beginsWith("from ");
  }

  /** Whether a line begins like Content-Type, even with something odd in it. */
  static boolean looksLikeContent(Lines line) {
    int letters = 0;
    String wanted = "content";
    for (int i = 0; i < Math.min(line.held(), 40); i++) {
      int c = Character.toLowerCase(line.at(i));
      if (c >= 'a' && c <= 'z') {
        if (c != wanted.charAt(letters)) {
          return false;
        }
        if (++letters == wanted.length()) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether the next line may continue a field. */
  boolean isOpen() {
    return field != null;
  }

  /** Begins a field with the current line, after it has ended the one before. */
  void begin(Part part) throws OverLimitException {
    end(part);
    field = new StringBuilder(lines.text());
    fieldLine = lines.number();
    fieldStart = lines.start();
    fieldEnd = lines.end();
    fieldIsWhole = isLineWhole();
    fieldMatters = looksLikeContent(lines);
  }

  /** The current line continues the field. */
  void goOn() {
    fieldEnd = lines.end();
    boolean room = field != null && field.length() < LONGEST_FIELD;
    fieldIsWhole &= room && isLineWhole();
    if (field != null && room) {
      field.append('\n').append(lines.text());
    }
  }

  private boolean isLineWhole() {
    return lines.held() == lines.end() - lines.start();
  }

  /** Ends the field, if one is open, and gives it to its part if it matters. */
  void end(Part part) throws OverLimitException {
    StringBuilder open = field;
    field = null;
    if (open == null) {
      return;
    }
    meter.pay((long) Meter.FIELD_OCTET * open.length());
    String text = open.toString();
    boolean parameters = text.indexOf('=') >= 0;
    if (hasUri(text)) {
      found.add();
      part.addUris(new ByteRange(fieldStart, fieldEnd));
    }
    if (fieldMatters && parameters && ParameterPieces.mayBeIn(text)) {
      addPieces(text, part);
    }
    if (fieldMatters || (parameters && contains(text, "boundary"))) {
      keep(text, part);
      if (parameters) {
        for (String boundary : ParameterCandidates.of(text, "boundary", meter)) {
          boundaries.declare(boundary);
        }
      }
    }
  }

  private void addPieces(String text, Part part) throws OverLimitException {
    if (!fieldIsWhole) {
      throw new OverLimitException(
          "parameters in pieces, in a header field longer than " + LONGEST_FIELD);
    }
    meter.pay((long) Meter.FIELD_OCTET * text.length());
    for (String uri : ParameterPieces.uris(text)) {
      found.add();
      meter.hold(Meter.ENTRY_BYTES + uri.length());
      part.joinedUris().add(uri);
    }
  }

  private void keep(String text, Part part) throws OverLimitException {
    part.add(new Field(fieldLine, text, part.blocks()), meter);
    meter.hold(Meter.ENTRY_BYTES + 2L * text.length());
    keptText += text.length();
    if (keptText > MOST_TEXT) {
      throw new OverLimitException(
          "header fields that say what is in it are longer than " + MOST_TEXT);
    }
    if (++kept > FIELDS_FOR_A_PART * found.most()) {
      throw new OverLimitException(
          "more header fields than "
              + FIELDS_FOR_A_PART
              + " times extract.max-parts "
              + found.most());
    }
  }

  /** Whether a URI in it is a file; a field that is not held to its end may have such a URI. */
  private boolean hasUri(String text) {
    return !fieldIsWhole || contains(text.substring(endOfName(text)), "data:");
  }

  /**
   * The end of a field's name that ends as the scheme does, as in "MessageData: 1", else 0: what
   * stands where a field may be need not be one.
   */
  private static int endOfName(String text) {
    int end = 0;
    while (end < text.length()
        && (Character.isLetterOrDigit(text.charAt(end)) || "-_".indexOf(text.charAt(end)) >= 0)) {
      end++;
    }
    return end > "data".length() && text.startsWith(": ", end) ? end + 1 : 0;
  }

  /**
   * Ends the header of a part: the names of files are taken from each of its fields, and from all
   * of them at once, because the sections of a name (RFC 2231) may be in several fields.
   */
  void endPart(Part part) throws OverLimitException {
    end(part);
    if (names.isFull()) {
      return;
    }
    StringBuilder all = new StringBuilder();
    for (Field field : part.fields()) {
      if (field.text().indexOf('=') >= 0 && all.length() < LONGEST_FIELD) {
        names.add(ParameterCandidates.of(field.text(), "name", meter), meter);
        all.append(field.text()).append("; ");
      }
    }
    if (all.length() > 0) {
      names.add(ParameterCandidates.of(all.toString(), "name", meter), meter);
    }
  }

  private static boolean contains(String text, String word) {
    return text.toLowerCase(Locale.ROOT).contains(word);
  }
}
