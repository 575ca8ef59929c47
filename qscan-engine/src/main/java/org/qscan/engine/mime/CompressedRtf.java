package org.qscan.engine.mime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Rich text as MAPI compresses it (MS-OXRTFCP): octets, and references to a window of the last
 * 4,096 octets, which at first contains words that such text often has. Files may be embedded in
 * the text. Two octets become at most 17, and the caller pays for these.
 */
final class CompressedRtf {

  private static final long COMPRESSED = 0x75465a4cL; // LZFu
  private static final long UNCOMPRESSED = 0x414c454dL; // MELA

  /** The sizes of both forms, before the mark; a checksum, behind it. */
  private static final int SIZES = 8;

  private static final int CHECKSUM = 4;

  private static final int WINDOW = 4096;
  private static final int SHORTEST = 2;

  /** What the window begins with (MS-OXRTFCP, 2.1.2.1). */
  private static final byte[] WORDS =
      ("{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
              + "\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier"
              + "{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx")
          .getBytes(StandardCharsets.US_ASCII);

  /** The octets of a value. */
  @FunctionalInterface
  interface RtfOctets {
    /** The next octet; -1: there is none. */
    int read() throws IOException;
  }

  private final byte[] window = new byte[WINDOW];
  private int end = WORDS.length; // where the next octet goes

  private CompressedRtf() {
    Arrays.fill(window, (byte) ' ');
    System.arraycopy(WORDS, 0, window, 0, WORDS.length);
  }

  /** Decodes as much as can be read; what is in no known form is nothing. */
  static void decode(RtfOctets in, Octets out) throws IOException, OverLimitException {
    number(in, SIZES);
    long form = number(in, 4);
    number(in, CHECKSUM);
    if (form == COMPRESSED) {
      new CompressedRtf().inflate(in, out);
    } else if (form == UNCOMPRESSED) {
      for (int octet = in.read(); octet >= 0; octet = in.read()) {
        out.write(octet);
      }
    }
  }

  private static long number(RtfOctets in, int octets) throws IOException {
    long number = 0;
    for (int i = 0; i < octets; i++) {
      number |= (in.read() & 0xffL) << (8 * i);
    }
    return number;
  }

  /** Of the bits of each first octet, each says whether an octet or a reference comes next. */
  private void inflate(RtfOctets in, Octets out) throws IOException, OverLimitException {
    for (int kinds = in.read(); kinds >= 0; kinds = in.read()) {
      for (int i = 0; i < 8; i++) {
        int octet = in.read();
        if (octet < 0) {
          return;
        }
        if ((kinds >> i & 1) == 0) {
          write(octet, out);
        } else if (!copy(octet << 8 | Math.max(0, in.read()), out)) {
          return;
        }
      }
    }
  }

  /** Copies what a reference says; false for the one that ends it all. */
  private boolean copy(int reference, Octets out) throws IOException, OverLimitException {
    int from = reference >> 4;
    if (from == end) {
      return false;
    }
    for (int left = (reference & 0xf) + SHORTEST; left > 0; left--) {
      write(window[from], out);
      from = (from + 1) % WINDOW;
    }
    return true;
  }

  private void write(int octet, Octets out) throws IOException, OverLimitException {
    out.write(octet);
    window[end] = (byte) octet;
    end = (end + 1) % WINDOW;
  }
}
