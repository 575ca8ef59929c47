package org.qscan.engine.plain;

import java.util.Arrays;

/** The lines of a message that is whole in memory, one after the other. */
final class OctetLines {

  private static final int LONGEST = 998;
  private static final int LONG = 80;
  private static final int VERY_LONG = 500;

  /** The value of each character of base64; -1 for others. */
  static final byte[] BASE64 = new byte[256];

  static {
    Arrays.fill(BASE64, (byte) -1);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int i = 0; i < 64; i++) {
      BASE64[alphabet.charAt(i)] = (byte) i;
    }
  }

  private final byte[] octets;
  private final int[] ends; // of each line, behind its LF
  private final int lines;
  private final boolean crlf;
  private int start;
  private int end;
  private int number;
  private boolean ended;

  private OctetLines(byte[] octets, int[] ends, int lines, boolean crlf) {
    this.octets = octets;
    this.ends = ends;
    this.lines = lines;
    this.crlf = crlf;
  }

  /**
   * All lines end in one way, none is too long, and there is no NUL.
   *
   * @throws OddMessage if that is not so
   */
  static OctetLines of(byte[] octets, int length) throws OddMessage {
    int[] ends = new int[Math.max(16, length / 32)];
    int lines = 0;
    int start = 0;
    boolean crlf = false;
    for (int i = 0; i < length; i++) {
      byte octet = octets[i];
      if (octet > '\r' || octet < 0) {
        continue;
      }
      if (octet == '\n') {
        boolean afterCr = i > start && octets[i - 1] == '\r';
        if (lines == 0) {
          crlf = afterCr;
        } else if (crlf != afterCr) {
          throw new OddMessage(Oddity.LINE_ENDS, lines + 1);
        }
        if (i - start - (afterCr ? 1 : 0) > LONGEST) {
          throw new OddMessage(Oddity.LONG_LINE, lines + 1);
        }
        if (lines == ends.length) {
          ends = Arrays.copyOf(ends, 2 * lines);
        }
        start = i + 1;
        ends[lines++] = start;
      } else if (octet == 0) {
        throw new OddMessage(Oddity.NUL, lines + 1);
      } else if (octet == '\r' && (i + 1 == length || octets[i + 1] != '\n')) {
        throw new OddMessage(Oddity.LINE_ENDS, lines + 1);
      }
    }
    if (start != length) {
      throw new OddMessage(Oddity.LINE_ENDS, lines + 1);
    }
    return new OctetLines(octets, ends, lines, crlf);
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
    number = 0;
  }

  /** To the next line; false if there is none. */
  boolean advance() {
    ended = number == lines;
    if (ended) {
      return false;
    }
    start = number == 0 ? 0 : ends[number - 1];
    end = ends[number] - (crlf ? 2 : 1);
    number++;
    return true;
  }

  /** The number of this line, from 1. */
  int number() {
    return number;
  }

  /** Whether an octet of it is above 127. */
  boolean hasEightBit() {
    int all = 0;
    for (int i = start; i < end; i++) {
      all |= octets[i];
    }
    return all < 0;
  }

  /** Passes it on with its end. */
  void passOn(LeafContent content, LeafSink sink) {
    int length = ends[number - 1] - start;
    content.accept(octets, start, length);
    sink.octets(octets, start, length);
  }

  /**
   * Decodes it.
   *
   * @param to has room for it
   * @param characters how many of the alphabet it has to have, from its beginning
   * @return how many octets that makes, or -1 if there are others among them
   */
  int base64(byte[] to, int characters) {
    int out = 0;
    int at = start;
    int last = start + characters;
    int wrong = 0;
    for (; at + 4 <= last; at += 4) {
      int a = BASE64[octets[at] & 0xff];
      int b = BASE64[octets[at + 1] & 0xff];
      int c = BASE64[octets[at + 2] & 0xff];
      int d = BASE64[octets[at + 3] & 0xff];
      wrong |= a | b | c | d;
      int bits = a << 18 | b << 12 | c << 6 | d;
      to[out] = (byte) (bits >> 16);
      to[out + 1] = (byte) (bits >> 8);
      to[out + 2] = (byte) bits;
      out += 3;
    }
    int bits = 0;
    int left = last - at;
    for (int i = 0; i < left; i++) {
      int six = BASE64[octets[at + i] & 0xff];
      wrong |= six;
      bits |= six << (18 - 6 * i);
    }
    for (int i = 0; i < left - 1; i++) {
      to[out++] = (byte) (bits >> (16 - 8 * i));
    }
    return wrong < 0 || left == 1 ? -1 : out;
  }

  /** Whether these characters begin in the next line at most so far from its beginning. */
  boolean nextHasInAnyCase(String lowerCase, int furthest) {
    if (number == lines) {
      return false;
    }
    int from = ends[number - 1];
    int last = Math.min(ends[number] - from - lowerCase.length(), furthest);
    for (int at = 0; at <= last; at++) {
      int same = 0;
      while (same < lowerCase.length()
          && lower(octets[from + at + same]) == lowerCase.charAt(same)) {
        same++;
      }
      if (same == lowerCase.length()) {
        return true;
      }
    }
    return false;
  }

  /** Whether there is nothing in it but blanks and semicolons, or nothing at all. */
  boolean isBlank() {
    for (int i = start; i < end; i++) {
      if (octets[i] != ' ' && octets[i] != '\t' && octets[i] != ';') {
        return false;
      }
    }
    return true;
  }

  /** Whether its last octet but blanks is one. */
  boolean endsWithSemicolon() {
    int last = end - 1;
    while (last > start && (octets[last] == ' ' || octets[last] == '\t')) {
      last--;
    }
    return last >= start && octets[last] == ';';
  }

  /** Where it begins; behind the last one, where the message ends. */
  int start() {
    return ended ? ends[lines - 1] : start;
  }

  /** Behind its last octet, the end of the line. */
  int end() {
    return ends[number - 1];
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

  /** Whether these characters stand anywhere in it. */
  boolean hasAnywhere(String ascii) {
    char firstOne = ascii.charAt(0);
    for (int i = 0; i + ascii.length() <= end - start; i++) {
      if (octets[start + i] == firstOne && hasAt(i, ascii)) {
        return true;
      }
    }
    return false;
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
