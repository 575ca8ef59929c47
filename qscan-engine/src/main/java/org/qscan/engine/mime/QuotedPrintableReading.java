package org.qscan.engine.mime;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One way to read quoted-printable. RFC 2045 leaves malformed escapes to the reader.
 *
 * @param dropped how many octets of a malformed escape are dropped, its equals sign the first of
 *     them: 0 to 3
 * @param lowerCase whether {@code =3d} is an escape
 * @param trailing whether white space at the end of a line counts
 */
record QuotedPrintableReading(int dropped, boolean lowerCase, boolean trailing) {

  /** The way in which most readers read. */
  static final QuotedPrintableReading USUAL = new QuotedPrintableReading(0, true, false);

  private static final int MOST_BLANKS = 1000;

  /**
   * What was ambiguous.
   *
   * @param malformed escapes that are none
   * @param lowerCase escapes with small letters
   * @param trailing white space at the end of a line
   */
  record QuotedPrintableDeviations(boolean malformed, boolean lowerCase, boolean trailing) {

    /** All ways to read it except the usual one. */
    List<QuotedPrintableReading> others() {
      List<QuotedPrintableReading> readings = new ArrayList<>();
      if (trailing) {
        readings.add(new QuotedPrintableReading(0, true, true));
      }
      for (int dropped = 1; malformed && dropped <= 3; dropped++) {
        readings.add(new QuotedPrintableReading(dropped, true, false));
      }
      for (int dropped = 0; lowerCase && dropped <= 3; dropped++) {
        readings.add(new QuotedPrintableReading(dropped, false, false));
      }
      return readings;
    }
  }

  /** The departure of this way, if it is not the usual one. */
  LenientReading row() {
    if (!lowerCase) {
      return LenientReading.QUOTED_PRINTABLE_SMALL;
    }
    return trailing
        ? LenientReading.QUOTED_PRINTABLE_BLANKS
        : LenientReading.QUOTED_PRINTABLE_MALFORMED;
  }

  /** Decodes a range, and returns what was ambiguous in it. */
  QuotedPrintableDeviations decode(ByteSource in, ByteRange range, DecodedParts out)
      throws IOException, OverLimitException {
    in.seek(range.start(), range.end());
    return new QuotedPrintableDecoding(in, out).run();
  }

  private final class QuotedPrintableDecoding {
    private final ByteSource in;
    private final DecodedParts out;
    private final byte[] held = new byte[MOST_BLANKS];
    private int holding;
    private boolean malformed;
    private boolean small;
    private boolean blanks;

    QuotedPrintableDecoding(ByteSource in, DecodedParts out) {
      this.in = in;
      this.out = out;
    }

    QuotedPrintableDeviations run() throws IOException, OverLimitException {
      while (true) {
        copyPlain();
        int octet = in.read();
        if (octet < 0) {
          break;
        }
        if (octet == '=') {
          equals();
        } else if (isBlank(octet)) {
          held[holding++] = (byte) octet;
          holdBlanks();
          boolean atEnd = isLineEnd(in.peek());
          blanks |= atEnd;
          release(atEnd && !trailing ? holding : 0);
        } else {
          out.write(octet);
        }
      }
      return new QuotedPrintableDeviations(malformed, small, blanks);
    }

    /**
     * Copies characters that stand for themselves, without the blanks at the end, which may not
     * count.
     */
    private void copyPlain() throws IOException, OverLimitException {
      int available = in.available();
      if (available == 0 || isBlank(in.peek())) {
        return;
      }
      byte[] octets = in.array();
      int start = in.position();
      int limit = start + available;
      int end = start;
      for (int i = start; i < limit; i++) {
        int octet = octets[i] & 0xff;
        if (octet == '=' || (isLineEnd(octet) && i > end)) {
          break;
        }
        if (!isBlank(octet)) {
          end = i + 1;
        }
      }
      out.write(octets, start, end - start);
      in.skip(end - start);
    }

    private void equals() throws IOException, OverLimitException {
      holdBlanks();
      if (isLineEnd(in.peek())) {
        holding = 0;
        skipLineEnd();
        return;
      }
      if (holding == 0 && isHex(in.peek())) {
        int high = in.read();
        int low = in.peek();
        if (isHex(low)) {
          in.read();
          out.write(Character.digit(high, 16) << 4 | Character.digit(low, 16));
          return;
        }
        held[holding++] = (byte) high;
      }
      malformed();
    }

    private void malformed() throws IOException, OverLimitException {
      malformed = true;
      if (dropped == 0) {
        out.write('=');
        release(0);
        return;
      }
      int more = dropped - 1 - holding;
      release(Math.min(dropped - 1, holding));
      for (; more > 0 && in.peek() >= 0 && !isLineEnd(in.peek()); more--) {
        in.read();
      }
    }

    private void holdBlanks() throws IOException {
      while (holding < MOST_BLANKS - 1 && isBlank(in.peek())) {
        held[holding++] = (byte) in.read();
      }
    }

    /** Writes what is held, but for the first ones. */
    private void release(int without) throws IOException, OverLimitException {
      for (int i = without; i < holding; i++) {
        out.write(held[i]);
      }
      holding = 0;
    }

    private void skipLineEnd() throws IOException {
      int octet = in.read();
      if (octet == '\r' && in.peek() == '\n') {
        in.read();
      }
    }

    private boolean isHex(int octet) {
      if (octet >= 'a' && octet <= 'f') {
        small = true;
        return lowerCase;
      }
      return (octet >= '0' && octet <= '9') || (octet >= 'A' && octet <= 'F');
    }
  }

  private static boolean isBlank(int octet) {
    return octet == ' ' || octet == '\t';
  }

  private static boolean isLineEnd(int octet) {
    return octet == '\n' || octet == '\r' || octet < 0;
  }
}
