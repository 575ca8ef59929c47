package org.qscan.engine.mime;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One way to read the lines of a uuencoded file, without those of its beginning and its end.
 *
 * @param prefix how many octets stand before each line, such as the marks of a quotation
 * @param alphabet what its characters stand for
 * @param flow what a blank at the end of a line means
 * @param cut whether a line that is longer than its first character says is data, and what is
 *     behind it is not; else all of it is text
 */
record Uuencode(int prefix, Alphabet alphabet, TrailingBlank flow, boolean cut) {

  /** What characters stand for. */
  enum Alphabet {
    /** Their code above that of a blank. */
    UU,
    /** The same, whatever their higher bits: most decoders do not look at those. */
    MASKED,
    /** Their place in a list that has letters, large and small. */
    XX
  }

  /** What a blank at the end of a line means. */
  enum TrailingBlank {
    /** Itself. */
    FIXED,
    /** Itself, and that the next line continues this one (RFC 3676). */
    FLOWED,
    /** Only that the next line continues this one. */
    DELETED
  }

  /**
   * What was met while it was decoded, of which readers think differently.
   *
   * @param small whether there are characters above those of the usual alphabet
   * @param excess whether lines are longer than their first character says
   */
  record Seen(boolean small, boolean excess) {

    /** The same where nobody says that it is uuencode: text has longer lines. */
    Seen guessed() {
      return new Seen(small, false);
    }
  }

  /** The way in which most readers read. */
  static final Uuencode USUAL = new Uuencode(0, Alphabet.UU, TrailingBlank.FIXED, false);

  private static final int FULL_LINE = 45;
  private static final int LONGEST = 120;
  private static final int FEWEST_EXACT = 16;
  private static final int LONGEST_PREFIX = 8;

  /** Octets behind a line's data that are no text: a checksum, a mark. */
  private static final int EXCESS = 2;

  private static final int FEWEST_DIGITS = 3;
  private static final byte[] XX_VALUES = xxValues();

  /**
   * All ways to read lines except the usual one.
   *
   * @param prefix before the line that began them
   * @param seen when they were decoded in the usual way
   * @param flowed whether lines may go on in the next
   */
  static List<Uuencode> others(int prefix, Seen seen, boolean flowed) {
    List<Uuencode> readings = new ArrayList<>();
    for (boolean cut : seen.excess() ? new boolean[] {false, true} : new boolean[] {false}) {
      for (Alphabet alphabet : seen.small() ? Alphabet.values() : new Alphabet[] {Alphabet.UU}) {
        for (TrailingBlank flow :
            flowed ? TrailingBlank.values() : new TrailingBlank[] {TrailingBlank.FIXED}) {
          readings.add(new Uuencode(prefix, alphabet, flow, cut));
          if (prefix > 0 && alphabet == Alphabet.XX) {
            readings.add(new Uuencode(0, alphabet, flow, cut));
          }
        }
      }
    }
    readings.remove(USUAL);
    return readings;
  }

  /** The departure that it takes. */
  LenientReading row() {
    if (cut) {
      return LenientReading.UUENCODE_EXCESS;
    }
    if (flow != TrailingBlank.FIXED) {
      return LenientReading.UUENCODE_FLOWED;
    }
    if (alphabet != Alphabet.UU) {
      return alphabet == Alphabet.XX ? LenientReading.XXENCODE : LenientReading.UUENCODE_MASKED;
    }
    return prefix > 0 ? LenientReading.UUENCODE_QUOTED : LenientReading.UUENCODE;
  }

  private static byte[] xxValues() {
    byte[] values = new byte[256];
    Arrays.fill(values, (byte) -1);
    String alphabet = "+-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for (int i = 0; i < 64; i++) {
      values[alphabet.charAt(i)] = (byte) i;
    }
    return values;
  }

  /**
   * Where in a line stands what begins such a file: at its beginning, or behind the marks of a
   * quotation, an X or the like; -1 for any other line.
   */
  static int beginning(Lines line) {
    if (line.beginsWith("begin")) {
      int behind = line.at(line.indent() + 5);
      boolean begins = behind == ' ' || behind == '\t' || line.beginsWith("begin-base64");
      return begins ? line.indent() : -1;
    }
    if (line.whites() < 2) {
      return -1;
    }
    for (int at = 1; at <= LONGEST_PREFIX; at++) {
      if ((line.at(at) | 0x20) == 'b' && line.has("begin", at) && hasMode(line, at + 5)) {
        return at;
      }
    }
    return -1;
  }

  private static boolean hasMode(Lines line, int from) {
    int at = from;
    while (line.at(at) == ' ' || line.at(at) == '\t') {
      at++;
    }
    int digits = 0;
    while (Character.isDigit(line.at(at + digits))) {
      digits++;
    }
    return at > from && digits >= FEWEST_DIGITS;
  }

  /**
   * Whether a line could be one of data: as long as its first character says, with a little more
   * behind it, or with blanks that were lost at its end.
   */
  static boolean isData(Lines line) {
    if (!line.isNarrow() || line.held() < 2 || line.held() > LONGEST) {
      return false;
    }
    int characters = groups(line.at(0) - ' ' & 63) * 4;
    int extra = line.held() - 1 - characters;
    return characters > 0 && extra >= -2 && extra <= EXCESS;
  }

  /** Whether a line that may be data is as long as its first character says, and no word. */
  static boolean isExact(Lines line) {
    int characters = groups(line.at(0) - ' ' & 63) * 4;
    return characters >= FEWEST_EXACT && line.held() == characters + 1;
  }

  /** Whether a line that may be data is as long as an encoder makes all but the last. */
  static boolean isFull(Lines line) {
    return (line.at(0) - ' ' & 63) >= FULL_LINE;
  }

  private static int groups(int octets) {
    return (octets + 2) / 3;
  }

  /**
   * Decodes a range. Lines that are not data are skipped, so that junk between lines hides nothing.
   *
   * @return what was met of which readers think differently
   */
  Seen decode(ByteSource in, ByteRange range, Octets out) throws IOException, OverLimitException {
    in.seek(range.start(), range.end());
    byte[] line = new byte[LONGEST];
    int length = 0;
    int place = 0;
    boolean small = false;
    boolean excess = false;
    for (int octet = in.read(); octet >= 0; octet = in.read()) {
      if (octet == '\n' || octet == '\r') {
        if (place == 0) {
          continue; // the LF behind a CR
        }
        if (goesOn(line, length)) {
          length -= flow == TrailingBlank.DELETED ? 1 : 0;
        } else {
          excess |= line(line, length, out);
          length = 0;
        }
        place = 0;
      } else if (place++ >= prefix && length < LONGEST) {
        small |= octet > '`';
        line[length++] = (byte) octet;
      }
    }
    excess |= line(line, length, out);
    return new Seen(small, excess);
  }

  private boolean goesOn(byte[] line, int length) {
    return flow != TrailingBlank.FIXED
        && length > 1
        && line[length - 1] == ' '
        && length - 1 <= groups(value(line[0])) * 4;
  }

  /** Of a character that is none of them, something negative. */
  private int value(int character) {
    if (alphabet == Alphabet.XX) {
      return XX_VALUES[character & 0xff];
    }
    int octet = character & 0xff;
    return octet < ' ' || (octet > '`' && alphabet == Alphabet.UU) ? -1 : octet - ' ' & 63;
  }

  /** Decodes a line; says whether it is longer than its first character says. */
  private boolean line(byte[] line, int length, Octets out) throws IOException, OverLimitException {
    int octets = length < 2 ? 0 : value(line[0]);
    int characters = groups(octets) * 4;
    boolean excess = octets > 0 && length - 1 > characters + EXCESS;
    if (octets <= 0 || (excess && !cut)) {
      return excess;
    }
    for (int i = 0; i < characters; i += 4) {
      int bits = 0;
      for (int j = 1; j <= 4; j++) {
        bits = bits << 6 | (i + j < length ? bits(line[i + j]) : 0);
      }
      for (int shift = 16; shift >= 0 && octets > 0; shift -= 8, octets--) {
        out.write(bits >> shift);
      }
    }
    return excess;
  }

  private int bits(int character) {
    return alphabet == Alphabet.XX ? value(character) & 63 : character - ' ' & 63;
  }
}
