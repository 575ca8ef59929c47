package org.qscan.engine.plain;

/** The lines of a message that is whole in memory, one after the other. */
final class OctetLines {

  private static final int LONGEST = 998;
  private static final int LONG = 80;
  private static final int VERY_LONG = 500;

  private final byte[] octets;
  private final int length;
  private int start;
  private int end;
  private int next;
  private int number;
  private final boolean crlf;

  private OctetLines(byte[] octets, int length, boolean crlf) {
    this.octets = octets;
    this.length = length;
    this.crlf = crlf;
  }

  /**
   * All lines end in one way, none is too long, and there is no NUL.
   *
   * @throws OddMessage if that is not so
   */
  static OctetLines of(byte[] octets, int length) throws OddMessage {
    int number = 1;
    int start = 0;
    boolean crlf = false;
    for (int i = 0; i < length; i++) {
      byte octet = octets[i];
      if (octet == '\n') {
        boolean afterCr = i > start && octets[i - 1] == '\r';
        if (number == 1) {
          crlf = afterCr;
        } else if (crlf != afterCr) {
          throw new OddMessage(Oddity.LINE_ENDS, number);
        }
        if (i - start - (afterCr ? 1 : 0) > LONGEST) {
          throw new OddMessage(Oddity.LONG_LINE, number);
        }
        number++;
        start = i + 1;
      } else if (octet == 0) {
        throw new OddMessage(Oddity.NUL, number);
      } else if (octet == '\r' && (i + 1 == length || octets[i + 1] != '\n')) {
        throw new OddMessage(Oddity.LINE_ENDS, number);
      }
    }
    if (start != length) {
      throw new OddMessage(Oddity.LINE_ENDS, number);
    }
    return new OctetLines(octets, length, crlf);
  }

  /** Whether they end with CR LF. */
  boolean isCrlf() {
    return crlf;
  }

  /** Tells that this line is one of those that some readers cut. */
  void tellLength(Entity entity) {
    if (size() > LONG) {
      entity.uses(size() > VERY_LONG ? "line 998" : "line 500");
    }
  }

  /** From the first line again. */
  void rewind() {
    next = 0;
    number = 0;
  }

  /** To the next line; false if there is none. */
  boolean advance() {
    if (next >= length) {
      return false;
    }
    start = next;
    int at = start;
    while (octets[at] != '\n') {
      at++;
    }
    next = at + 1;
    end = at > start && octets[at - 1] == '\r' ? at - 1 : at;
    number++;
    return true;
  }

  /** The number of this line, from 1. */
  int number() {
    return number;
  }

  /** How many octets it has, without its end. */
  int size() {
    return end - start;
  }

  boolean isEmpty() {
    return end == start;
  }

  /** An octet of this line, 0 to 255; -1 behind its end. */
  int at(int index) {
    return index < end - start ? octets[start + index] & 0xff : -1;
  }

  boolean startsWith(String ascii) {
    return hasAt(0, ascii);
  }

  /** Whether these characters stand there. */
  boolean hasAt(int index, String ascii) {
    int size = ascii.length();
    if (index + size > end - start) {
      return false;
    }
    for (int i = 0; i < size; i++) {
      if (octets[start + index + i] != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The same, whatever the case of letters. */
  boolean hasInAnyCaseAt(int index, String lowerCase) {
    int size = lowerCase.length();
    if (index + size > end - start) {
      return false;
    }
    for (int i = 0; i < size; i++) {
      if (lower(octets[start + index + i]) != lowerCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  static int lower(int octet) {
    return octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet;
  }

  OddMessage odd(Oddity oddity) {
    return new OddMessage(oddity, number);
  }
}
