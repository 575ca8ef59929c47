package org.qscan.engine.mime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Splits a stream into lines and says what each is made of. A line ends at LF, CRLF, and at a CR by
 * itself, because some readers take that for an end; any number of CRs before an LF are one end. Of
 * a long line only the beginning is held; all of it is counted.
 *
 * <p>After {@link #next()} the other methods tell of the line that was read.
 */
final class Lines {

  /** So much of a line is held: a header of any sense fits. */
  static final int HELD = 16384;

  private static final int ALPHABET = 0;
  private static final int PAD = 1;
  private static final int WHITE = 2;
  private static final int OTHER = 3;

  private static final byte[] KINDS = kinds();

  private final InputStream in;
  private final byte[] buffer = new byte[65536];
  private int position;
  private int limit;
  private long bufferStart;

  private final byte[] head = new byte[HELD];
  private final int[] counts = new int[4];
  private int headLength;
  private long number;
  private long start;
  private long end;
  private long next;
  private int escapes;
  private int lastSolid;
  private int dirt;
  private boolean bareCr;
  private boolean oddEnd;
  private boolean narrow;

  Lines(InputStream in) {
    this.in = in;
  }

  private static byte[] kinds() {
    byte[] kinds = new byte[256];
    for (int i = 0; i < 256; i++) {
      boolean alphabet =
          (i >= 'A' && i <= 'Z')
              || (i >= 'a' && i <= 'z')
              || (i >= '0' && i <= '9')
              || i == '+'
              || i == '/';
      kinds[i] = (byte) (alphabet ? ALPHABET : i == '=' ? PAD : isWhite(i) ? WHITE : OTHER);
    }
    return kinds;
  }

  private static boolean isWhite(int octet) {
    return octet == ' ' || (octet >= '\t' && octet <= '\r') || octet == 0;
  }

  private int peek() throws IOException {
    if (position == limit) {
      bufferStart += limit;
      limit = Math.max(0, in.read(buffer));
      position = 0;
      if (limit == 0) {
        return -1;
      }
    }
    return buffer[position] & 0xff;
  }

  /** Reads the next line; false at the end. */
  boolean next() throws IOException {
    if (peek() < 0) {
      return false;
    }
    clear();
    number++;
    start = bufferStart + position;
    int previous = 0;
    int beforePrevious = 0;
    for (int octet = peek(); octet >= 0 && octet != '\n' && octet != '\r'; octet = peek()) {
      position++;
      if (headLength < HELD) {
        head[headLength++] = (byte) octet;
      }
      int kind = KINDS[octet];
      counts[kind]++;
      if (kind != WHITE) {
        lastSolid = octet;
      }
      narrow &= octet >= 0x20 && octet <= 0x60;
      if (octet < 0x20 && octet != '\t') {
        dirt++;
      }
      if (beforePrevious == '=' && isHex(previous) && isHex(octet)) {
        escapes++;
      }
      beforePrevious = previous;
      previous = octet;
    }
    end = bufferStart + position;
    terminator();
    next = bufferStart + position;
    return true;
  }

  private void clear() {
    headLength = 0;
    counts[ALPHABET] = 0;
    counts[PAD] = 0;
    counts[WHITE] = 0;
    counts[OTHER] = 0;
    escapes = 0;
    lastSolid = 0;
    dirt = 0;
    bareCr = false;
    oddEnd = false;
    narrow = true;
  }

  private void terminator() throws IOException {
    int returns = 0;
    int octet = peek();
    while (octet == '\r') {
      position++;
      returns++;
      octet = peek();
      if (octet != '\r' && octet != '\n') {
        // Without an LF each of them is an end of its own, but empty lines tell nobody anything.
        bareCr = octet >= 0;
        return;
      }
    }
    if (octet == '\n') {
      position++;
      oddEnd = returns > 1;
    }
  }

  private static boolean isHex(int octet) {
    return (octet >= '0' && octet <= '9')
        || (octet >= 'A' && octet <= 'F')
        || (octet >= 'a' && octet <= 'f');
  }

  /** Which line it is; the first is 1. */
  long number() {
    return number;
  }

  /** Where it begins in the stream. */
  long start() {
    return start;
  }

  /** Where its end of line begins. */
  long end() {
    return end;
  }

  /** Where the next line begins. */
  long after() {
    return next;
  }

  /** Nothing in it. */
  boolean isEmpty() {
    return start == end;
  }

  /** Nothing in it but what some readers take for nothing. */
  boolean isBlank() {
    return counts[ALPHABET] + counts[PAD] + counts[OTHER] == 0;
  }

  /** Characters of base64. */
  int alphabet() {
    return counts[ALPHABET];
  }

  /** Equals signs. */
  int pads() {
    return counts[PAD];
  }

  /** Blanks, tabs, other white space and NULs. */
  int whites() {
    return counts[WHITE];
  }

  /** All other octets. */
  int others() {
    return counts[OTHER];
  }

  /** Escapes of quoted-printable. */
  int escapes() {
    return escapes;
  }

  /** Control characters but for tabs. */
  int controls() {
    return dirt;
  }

  /** Whether it ends with an equals sign, as a soft line break does. */
  boolean endsWithEquals() {
    return lastSolid == '=';
  }

  /** Whether it ended with a CR that has no LF. */
  boolean endsWithBareCr() {
    return bareCr;
  }

  /** Whether it ended with several CRs before an LF. */
  boolean endsOddly() {
    return oddEnd;
  }

  /** Whether it has only the 65 characters of uuencode. */
  boolean isNarrow() {
    return narrow;
  }

  /** How much of it is held. */
  int held() {
    return headLength;
  }

  /** An octet of what is held, or 0 behind it. */
  int at(int index) {
    return index < headLength ? head[index] & 0xff : 0;
  }

  /** How many octets of white space and controls it begins with. */
  int indent() {
    int i = 0;
    while (i < headLength && (head[i] & 0xff) <= ' ') {
      i++;
    }
    return i;
  }

  /** Whether these are its first characters behind white space, in whatever case. */
  boolean beginsWith(String text) {
    int from = indent();
    if (headLength - from < text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (Character.toLowerCase(at(from + i)) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** What is held of it, an octet a character. */
  String text() {
    return new String(head, 0, headLength, StandardCharsets.ISO_8859_1);
  }
}
