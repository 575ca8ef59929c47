package org.qscan.engine.mime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Splits a stream into lines and counts the characters of each line by kind. A line ends at LF, at
 * CRLF, and at a CR by itself, because some readers take that for an end. Several CRs before an LF
 * are one end. Only the beginning of a long line is kept in memory, but all of it is counted.
 *
 * <p>After {@link #next()}, the other methods describe the line that was read.
 */
final class Lines {

  /** How many octets of a line are held: any sensible header field fits. */
  static final int HELD = 16384;

  private static final int ALPHABET = 0;
  private static final int PAD = 1;
  private static final int WHITE = 2;
  private static final int OTHER = 3;

  /**
   * What each octet adds to the counts of a line, six of them in one number, so that one addition
   * counts for all; negative for what ends a line.
   */
  private static final long[] SUMMANDS = summands();

  private static final int BITS = 10;
  private static final int MOST_AT_ONCE = (1 << BITS) - 1;
  private static final int CONTROL = 4;
  private static final int WIDE = 5;
  private static final int COUNTS = 6;

  private final InputStream in;
  private final byte[] buffer;
  private int position;
  private int limit;
  private long bufferStart;

  private final byte[] head;
  private final int[] counts = new int[COUNTS];
  private int headLength;
  private long number;
  private long start;
  private long end;
  private long next;
  private int escapes;
  private int needless;
  private int firstDigit;
  private int lastSolid;
  private int inEscape;
  private int indent;
  private boolean bareCr;
  private boolean oddEnd;

  /**
   * Buffers that are used for one stream after the other, because clearing new ones is half of the
   * work for a small mail.
   */
  static final class Space {
    private final byte[] buffer = new byte[65536];
    private final byte[] head = new byte[HELD];
  }

  Lines(InputStream in, Space space) {
    this.in = in;
    this.buffer = space.buffer;
    this.head = space.head;
  }

  private static long[] summands() {
    long[] summands = new long[256];
    for (int i = 0; i < 256; i++) {
      boolean alphabet =
          (i >= 'A' && i <= 'Z')
              || (i >= 'a' && i <= 'z')
              || (i >= '0' && i <= '9')
              || i == '+'
              || i == '/';
      int count = alphabet ? ALPHABET : i == '=' ? PAD : isWhite(i) ? WHITE : OTHER;
      summands[i] =
          one(count)
              + (i < 0x20 && i != '\t' ? one(CONTROL) : 0)
              + (i < 0x20 || i > 0x60 ? one(WIDE) : 0);
    }
    summands['\n'] = -1;
    summands['\r'] = -1;
    return summands;
  }

  private static long one(int count) {
    return 1L << (BITS * count);
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
    boolean goesOn = true;
    while (goesOn && peek() >= 0) {
      goesOn = count();
    }
    end = bufferStart + position;
    while (indent < headLength && (head[indent] & 0xff) <= ' ') {
      indent++;
    }
    terminator();
    next = bufferStart + position;
    return true;
  }

  /** Counts what is in the buffer of the line, as much as can be at once; false at its end. */
  private boolean count() {
    int from = position;
    int to = Math.min(limit, from + MOST_AT_ONCE);
    byte[] octets = buffer;
    long sum = 0;
    int i = from;
    while (i < to) {
      long summand = SUMMANDS[octets[i] & 0xff];
      if (summand < 0) {
        break;
      }
      sum += summand;
      i++;
    }
    for (int count = 0; count < COUNTS; count++) {
      counts[count] += (int) (sum >> (BITS * count)) & MOST_AT_ONCE;
    }
    hold(from, i);
    position = i;
    return i == to;
  }

  /** Keeps the part of a range of the line that will be needed. */
  private void hold(int from, int to) {
    int held = Math.min(to - from, HELD - headLength);
    System.arraycopy(buffer, from, head, headLength, held);
    headLength += held;
    int last = to;
    while (last > from && isWhite(buffer[last - 1])) {
      last--;
    }
    if (last > from) {
      lastSolid = buffer[last - 1] & 0xff;
    }
    if (counts[PAD] > 0) {
      escapes(from, to);
    }
  }

  /** Counts escapes; one may have begun before the range. */
  private void escapes(int from, int to) {
    byte[] octets = buffer;
    for (int i = from; i < to; i++) {
      if (inEscape == 0) {
        i = next('=', octets, i, to);
        inEscape = i < to ? 1 : 0;
      } else if (octets[i] == '=') {
        inEscape = 1;
      } else {
        inEscape = isHex(octets[i]) ? inEscape + 1 : 0;
        if (inEscape == 2) {
          firstDigit = octets[i];
        } else if (inEscape > 2) {
          escapes++;
          needless += isNeedless(octets[i]) ? 1 : 0;
          inEscape = 0;
        }
      }
    }
  }

  /**
   * Whether an escape that ends with this digit stands for a letter, a digit, or a control
   * character that text has not: what encodes text leaves letters as they are.
   */
  private boolean isNeedless(int lastDigit) {
    int octet = Character.digit(firstDigit, 16) << 4 | Character.digit(lastDigit, 16);
    return octet < ' '
        ? octet != '\t' && octet != '\n' && octet != '\r' && octet != 0x1b
        : octet < 128 && Character.isLetterOrDigit(octet);
  }

  private static int next(int wanted, byte[] octets, int from, int to) {
    int i = from;
    while (i < to && octets[i] != wanted) {
      i++;
    }
    return i;
  }

  private void clear() {
    headLength = 0;
    Arrays.fill(counts, 0);
    escapes = 0;
    needless = 0;
    inEscape = 0;
    indent = 0;
    lastSolid = 0;
    bareCr = false;
    oddEnd = false;
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

  /** The number of the line; the first is 1. */
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

  /** Whether the line is empty. */
  boolean isEmpty() {
    return start == end;
  }

  /** Whether the line contains only white space and NULs, which some readers ignore. */
  boolean isBlank() {
    return counts[ALPHABET] + counts[PAD] + counts[OTHER] == 0;
  }

  /** How many characters of base64 the line has. */
  int alphabet() {
    return counts[ALPHABET];
  }

  /** How many equals signs the line has. */
  int pads() {
    return counts[PAD];
  }

  /** How many blanks, tabs, other white space and NULs the line has. */
  int whites() {
    return counts[WHITE];
  }

  /** How many other octets the line has. */
  int others() {
    return counts[OTHER];
  }

  /** How many escapes of quoted-printable the line has. */
  int escapes() {
    return escapes;
  }

  /** How many of these escapes are for characters that text does not need to escape. */
  int needlessEscapes() {
    return needless;
  }

  /** How many control characters the line has, without tabs. */
  int controls() {
    return counts[CONTROL];
  }

  /**
   * Whether there is a character in it at which some readers end a line or a text: NUL, and those
   * that Unicode and ASCII have for separators. Of what is not held it may be so.
   */
  boolean hasSeparator() {
    if (counts[CONTROL] == 0) {
      return false;
    }
    for (int i = 0; i < headLength; i++) {
      int c = head[i];
      if (c == 0 || c == 0x0b || c == 0x0c || (c >= 0x1c && c <= 0x1f)) {
        return true;
      }
    }
    return headLength < end - start;
  }

  /** Whether it ends with an equals sign, as a soft line break does. */
  boolean endsWithEquals() {
    return lastSolid == '=';
  }

  /** Whether it ended with a CR that has no LF. */
  boolean endsWithBareCr() {
    return bareCr;
  }

  /** Whether several CRs stood before the LF at its end. */
  boolean endsOddly() {
    return oddEnd;
  }

  /** Whether it has only the 65 characters of uuencode. */
  boolean isNarrow() {
    return counts[WIDE] == 0;
  }

  /** How much of it is held. */
  int held() {
    return headLength;
  }

  /** How much of what is held is more than blanks at its end. */
  int solidLength() {
    int length = headLength;
    while (length > 0 && isWhite(head[length - 1] & 0xff)) {
      length--;
    }
    return length;
  }

  /** An octet of what is held, or 0 behind it. */
  int at(int index) {
    return index < headLength ? head[index] & 0xff : 0;
  }

  /** How many octets of white space and controls it begins with. */
  int indent() {
    return indent;
  }

  /** How many marks of a quotation it begins with. */
  int quotes() {
    int quotes = 0;
    for (int i = 0; i < headLength; i++) {
      if (head[i] == '>' || head[i] == '|') {
        quotes++;
      } else if (head[i] != ' ') {
        break;
      }
    }
    return quotes;
  }

  /** Its first character behind white space, in lower case; 0 if there is none. */
  int first() {
    return indent < headLength ? head[indent] | (head[indent] >= 'A' ? 0x20 : 0) : 0;
  }

  /** Whether these are its first characters behind white space, in whatever case. */
  boolean beginsWith(String text) {
    return has(text, indent);
  }

  /** Whether these characters are at this place, in whatever case. */
  boolean has(String text, int from) {
    if (headLength - from < text.length() || (head[from] | 0x20) != (text.charAt(0) | 0x20)) {
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
