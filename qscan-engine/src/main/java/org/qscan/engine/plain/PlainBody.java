package org.qscan.engine.plain;

/** The body of a leaf, in one of the encodings and in its canonical form. */
final class PlainBody {

  private static final int LONGEST_LINE = 76;
  private static final int LONGEST_BINHEX = 80;

  private final OctetLines lines;
  private final LeafContent content;
  private final Entity entity;
  private final LeafSink sink;
  private final boolean isMessage; // of a message that has no parts
  private boolean begun;
  private int blanksBefore;
  private boolean blankTogether;
  private final byte[] decoded = new byte[LONGEST_LINE + 2];
  private int first = -1; // octets in the first line of base64
  private boolean ended; // base64 goes no further
  private boolean blank; // an empty line was behind it
  private boolean soft; // the line of quoted-printable goes on

  PlainBody(
      OctetLines lines, LeafContent content, Entity entity, LeafSink sink, boolean isMessage) {
    this.isMessage = isMessage;
    this.lines = lines;
    this.content = content;
    this.entity = entity;
    this.sink = sink;
  }

  /**
   * Reads it, to the delimiter behind it or the end of the message.
   *
   * @return what it ends with
   * @throws OddMessage if anything in it is odd
   */
  Delimiters.DelimiterKind read(PlainHeader.PlainEncoding encoding, Delimiters delimiters)
      throws OddMessage {
    while (true) {
      Delimiters.DelimiterKind kind = delimiters.advance();
      if (kind != Delimiters.DelimiterKind.NONE) {
        if (soft) {
          throw lines.odd(Oddity.QUOTED_PRINTABLE);
        }
        return kind;
      }
      lines.tellLength(entity);
      look(encoding);
      switch (encoding) {
        case BASE64 -> base64Line();
        case QUOTED_PRINTABLE -> quotedLine();
        case SEVEN_BIT -> line(127);
        default -> line(255);
      }
    }
  }

  /**
   * What ClamAV makes of lines before it decodes them. It leaves out blank lines that follow each
   * other, and takes the file to end where uuencode, BinHex or yEnc begin; in the body of a message
   * without parts, it looks for a transfer encoding, and leaves out two fields at the beginning.
   */
  private void look(PlainHeader.PlainEncoding encoding) throws OddMessage {
    int first = lines.at(0);
    boolean blankLine =
        (first < 0 || first == ' ' || first == '\t' || first == ';') && lines.isBlank();
    blankTogether |= !blankLine && blanksBefore > 1; // at the end they are nothing's
    blanksBefore = blankLine ? blanksBefore + 1 : 0;
    boolean binHex =
        encoding != PlainHeader.PlainEncoding.BASE64
            && lines.size() < LONGEST_BINHEX
            && lines.hasAnywhere("BinHex");
    boolean yenc = first == '=' && lines.startsWith("=ybegin line=");
    if (binHex || yenc || (first == 'b' && isUuencode())) {
      throw lines.odd(Oddity.EMBEDDED);
    }
    if (!isMessage) {
      return;
    }
    if ((first == 'c' || first == 'C') && lines.hasInAnyCaseAt(0, "content-transfer-encoding")) {
      throw lines.odd(Oddity.FIELD_IN_BODY);
    }
    if (!begun && !lines.isEmpty()) {
      begun = true;
      if (lines.hasInAnyCaseAt(0, "message-id:") || lines.hasInAnyCaseAt(0, "date:")) {
        throw lines.odd(Oddity.FIRST_LINE);
      }
    }
  }

  private boolean isUuencode() {
    return lines.hasInAnyCaseAt(0, "begin ") && lines.at(6) >= '0' && lines.at(6) <= '9';
  }

  /** Whether lines follow each other that are empty, or of blanks and semicolons. */
  boolean hasBlankLinesTogether() {
    return blankTogether;
  }

  private void line(int highest) throws OddMessage {
    if (highest == 127 && lines.hasEightBit()) {
      throw lines.odd(Oddity.EIGHT_BIT);
    }
    lines.passOn(content, sink);
  }

  private void base64Line() throws OddMessage {
    int size = lines.size();
    if (size == 0) {
      blank = true;
      return;
    }
    if (blank || ended || size % 4 != 0 || size > LONGEST_LINE || (first >= 0 && size > first)) {
      throw lines.odd(Oddity.BASE64);
    }
    first = first < 0 ? size : first;
    int padding = lines.at(size - 1) != '=' ? 0 : lines.at(size - 2) != '=' ? 1 : 2;
    ended = size < first || padding > 0;
    int decodedSize = lines.base64(decoded, size - padding);
    if (decodedSize < 0) {
      throw lines.odd(Oddity.BASE64);
    }
    pass(decodedSize);
  }

  private void pass(int size) {
    content.accept(decoded, 0, size);
    sink.octets(decoded, 0, size);
  }

  /** The value of a character of base64, or -1. */
  static int base64(int octet) {
    return OctetLines.BASE64[octet];
  }

  private void quotedLine() throws OddMessage {
    int size = lines.size();
    int last = lines.at(size - 1 < 0 ? 0 : size - 1);
    if (size > LONGEST_LINE || last == ' ' || last == '\t') {
      throw lines.odd(Oddity.QUOTED_PRINTABLE);
    }
    soft = size > 0 && last == '=';
    int end = soft ? size - 1 : size;
    int to = 0;
    for (int i = 0; i < end; i++) {
      int octet = lines.at(i);
      if (octet == '=') {
        int high = digit(lines.at(i + 1));
        int low = digit(lines.at(i + 2));
        if (high < 0 || low < 0 || i + 2 >= end) {
          throw lines.odd(Oddity.QUOTED_PRINTABLE);
        }
        decoded[to++] = (byte) (high << 4 | low);
        i += 2;
      } else if (octet == '\t' || (octet >= ' ' && octet < 127)) {
        decoded[to++] = (byte) octet;
      } else {
        throw lines.odd(Oddity.QUOTED_PRINTABLE);
      }
    }
    if (!soft) {
      if (lines.isCrlf()) {
        decoded[to++] = '\r';
      }
      decoded[to++] = '\n';
    }
    pass(to);
  }

  /** Only capital letters, as RFC 2045 has it. */
  private static int digit(int octet) {
    if (octet >= '0' && octet <= '9') {
      return octet - '0';
    }
    return octet >= 'A' && octet <= 'F' ? octet - 'A' + 10 : -1;
  }
}
