package org.qscan.engine.plain;

/** The body of a leaf, in one of the encodings and in its canonical form. */
final class PlainBody {

  private static final int LONGEST_LINE = 76;

  private final OctetLines lines;
  private final LeafContent content;
  private final Entity entity;
  private int first = -1; // octets in the first line of base64
  private boolean ended; // base64 goes no further
  private boolean blank; // an empty line was behind it
  private boolean soft; // the line of quoted-printable goes on

  PlainBody(OctetLines lines, LeafContent content, Entity entity) {
    this.lines = lines;
    this.content = content;
    this.entity = entity;
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
      switch (encoding) {
        case BASE64 -> base64Line();
        case QUOTED_PRINTABLE -> quotedLine();
        case SEVEN_BIT -> line(127);
        default -> line(255);
      }
    }
  }

  private void line(int highest) throws OddMessage {
    for (int i = 0; i < lines.size(); i++) {
      int octet = lines.at(i);
      if (octet > highest) {
        throw lines.odd(Oddity.EIGHT_BIT);
      }
      content.accept(octet);
    }
    content.accept('\n');
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
    for (int i = 0; i < size; i += 4) {
      int missing = i + 4 == size ? padding : 0;
      int bits = 0;
      for (int k = 0; k < 4; k++) {
        int six = k < 4 - missing ? base64(lines.at(i + k)) : 0;
        if (six < 0) {
          throw lines.odd(Oddity.BASE64);
        }
        bits = bits << 6 | six;
      }
      for (int k = 0; k < 3 - missing; k++) {
        content.accept(bits >> (16 - 8 * k) & 0xff);
      }
    }
  }

  /** The value of a character of base64, or -1. */
  static int base64(int octet) {
    if (octet >= 'A' && octet <= 'Z') {
      return octet - 'A';
    } else if (octet >= 'a' && octet <= 'z') {
      return octet - 'a' + 26;
    } else if (octet >= '0' && octet <= '9') {
      return octet - '0' + 52;
    }
    return octet == '+' ? 62 : octet == '/' ? 63 : -1;
  }

  private void quotedLine() throws OddMessage {
    int size = lines.size();
    int last = lines.at(size - 1 < 0 ? 0 : size - 1);
    if (size > LONGEST_LINE || last == ' ' || last == '\t') {
      throw lines.odd(Oddity.QUOTED_PRINTABLE);
    }
    soft = size > 0 && last == '=';
    int end = soft ? size - 1 : size;
    for (int i = 0; i < end; i++) {
      int octet = lines.at(i);
      if (octet == '=') {
        int high = digit(lines.at(i + 1));
        int low = digit(lines.at(i + 2));
        if (high < 0 || low < 0 || i + 2 >= end) {
          throw lines.odd(Oddity.QUOTED_PRINTABLE);
        }
        content.accept(high << 4 | low);
        i += 2;
      } else if (octet == '\t' || (octet >= ' ' && octet < 127)) {
        content.accept(octet);
      } else {
        throw lines.odd(Oddity.QUOTED_PRINTABLE);
      }
    }
    if (!soft) {
      content.accept('\n');
    }
  }

  /** Only capital letters, as RFC 2045 has it. */
  private static int digit(int octet) {
    if (octet >= '0' && octet <= '9') {
      return octet - '0';
    }
    return octet >= 'A' && octet <= 'F' ? octet - 'A' + 10 : -1;
  }
}
