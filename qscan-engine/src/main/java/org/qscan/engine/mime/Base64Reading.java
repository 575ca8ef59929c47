package org.qscan.engine.mime;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.qscan.engine.extract.Base64Alphabet;

/**
 * One way to read base64. RFC 2045 lets a reader choose what to do with characters that do not
 * belong there, and readers differ on padding that is not at the end.
 *
 * @param pad what an equals sign means
 * @param foreign what a character outside the alphabet means
 * @param linesAreWhole whether the characters after the last complete group of four in a line are
 *     dropped
 * @param sevenBits whether the eighth bit of an octet is ignored
 */
record Base64Reading(Pad pad, Foreign foreign, boolean linesAreWhole, boolean sevenBits) {

  /** What an equals sign means. */
  enum Pad {
    /** The data ends, and new data begins behind it. */
    RESTART,
    /** It is ignored. */
    IGNORE,
    /** All data ends. */
    STOP,
    /** It counts as a character of a group of four, at any place, but adds no bits. */
    IN_GROUP,
    /** It stands for six bits that are 0. */
    ZERO
  }

  /** What a character outside the alphabet means. */
  enum Foreign {
    /** It is ignored. */
    SKIP,
    /** All data ends. */
    STOP,
    /** The rest of the line is not data. */
    DROP_LINE
  }

  /** The way in which most readers read. */
  static final Base64Reading USUAL = new Base64Reading(Pad.RESTART, Foreign.SKIP, false, false);

  private static final byte[] VALUES = Base64Alphabet.values();

  /** The values of the alphabet, shifted to the place of the octet in a group of four. */
  private static final int[] FIRST = Base64Alphabet.shifted(18);

  private static final int[] SECOND = Base64Alphabet.shifted(12);
  private static final int[] THIRD = Base64Alphabet.shifted(6);
  private static final int[] FOURTH = Base64Alphabet.shifted(0);

  /** The value of a character, or a negative number if it is not in the alphabet. */
  static int value(int character) {
    return character < 0 || character > 255 ? -1 : VALUES[character];
  }

  /**
   * What was ambiguous in a range.
   *
   * @param foreign characters outside the alphabet
   * @param innerPad where data continued behind an equals sign for the first time, or -1
   * @param innerPads how often that happened
   * @param uneven whether any line except the last one does not end with a complete group
   * @param high whether there are characters that would be in the alphabet without their eighth bit
   */
  record Base64Deviations(
      boolean foreign, long innerPad, int innerPads, boolean uneven, boolean high) {

    /** All ways to read it except the usual one. */
    List<Base64Reading> others() {
      List<Base64Reading> readings = new ArrayList<>();
      // A single one is common: the checksum of a PGP signature.
      int pads = innerPads == 0 ? 1 : innerPads == 1 ? 3 : Pad.values().length;
      for (Pad pad : List.of(Pad.values()).subList(0, pads)) {
        for (Foreign other : foreign ? Foreign.values() : new Foreign[] {Foreign.SKIP}) {
          readings.add(new Base64Reading(pad, other, false, false));
          if (uneven) {
            readings.add(new Base64Reading(pad, other, true, false));
          }
        }
      }
      if (high) {
        readings.add(new Base64Reading(Pad.RESTART, Foreign.SKIP, false, true));
        readings.add(new Base64Reading(Pad.STOP, Foreign.SKIP, false, true));
      }
      readings.remove(USUAL);
      return readings;
    }
  }

  /** The departure of this way, if it is not the usual one. */
  LenientReading row() {
    if (sevenBits) {
      return LenientReading.BASE64_EIGHTH_BIT;
    }
    if (linesAreWhole) {
      return LenientReading.BASE64_LINES;
    }
    return foreign == Foreign.SKIP ? LenientReading.BASE64_PADDING : LenientReading.BASE64_FOREIGN;
  }

  /** Decodes a range, and returns what was ambiguous in it. */
  Base64Deviations decode(ByteSource in, ByteRange range, DecodedParts out)
      throws IOException, OverLimitException {
    in.seek(range.start(), range.end());
    Group group = new Group(out);
    boolean sawForeign = false;
    boolean padded = false;
    long innerPad = -1;
    int innerPads = 0;
    boolean unevenLine = false;
    boolean uneven = false;
    boolean high = false;
    int inLine = 0;
    while (true) {
      int whole = padded ? 0 : group.decodeWhole(in);
      if (whole > 0) {
        uneven |= unevenLine;
        inLine += whole;
      }
      int octet = in.read();
      if (octet < 0) {
        break;
      }
      if (octet > 127 && VALUES[octet & 127] >= 0) {
        high = true;
        octet &= sevenBits ? 127 : 255;
      }
      int value = VALUES[octet];
      if (value >= 0) {
        if (padded) {
          innerPad = innerPads++ == 0 ? in.offset() - 1 : innerPad;
          padded = false;
        }
        uneven |= unevenLine;
        inLine++;
        group.add(value);
      } else if (octet == '=') {
        padded = true;
        if (pad == Pad.STOP) {
          break;
        }
        group.pad(pad);
      } else if (octet == '\n' || octet == '\r') {
        unevenLine |= inLine % 4 != 0;
        inLine = 0;
        if (linesAreWhole) {
          group.drop();
        }
      } else if (octet > ' ') {
        sawForeign = true;
        if (foreign == Foreign.STOP) {
          break;
        }
        if (foreign == Foreign.DROP_LINE) {
          skipLine(in);
        }
      }
    }
    group.flush();
    return new Base64Deviations(sawForeign, innerPad, innerPads, uneven, high);
  }

  private static void skipLine(ByteSource in) throws IOException {
    for (int octet = in.peek(); octet >= 0 && octet != '\n' && octet != '\r'; octet = in.peek()) {
      in.read();
    }
  }

  /** Up to four characters. */
  private static final class Group {
    private static final int MOST_AT_ONCE = 1024;

    private final DecodedParts out;
    private final byte[] decoded = new byte[MOST_AT_ONCE / 4 * 3];
    private int bits;
    private int characters;
    private int places;

    Group(DecodedParts out) {
      this.out = out;
    }

    /**
     * Decodes complete groups that follow each other at once. In ordinary mail, nearly all groups
     * do.
     *
     * @return how many characters it has read
     */
    int decodeWhole(ByteSource in) throws IOException, OverLimitException {
      int available = places == 0 ? Math.min(in.available(), MOST_AT_ONCE) : 0;
      byte[] octets = in.array();
      int start = in.position();
      int from = start;
      int length = 0;
      for (int end = start + available - 4; from <= end; from += 4) {
        int value =
            FIRST[octets[from] & 0xff]
                | SECOND[octets[from + 1] & 0xff]
                | THIRD[octets[from + 2] & 0xff]
                | FOURTH[octets[from + 3] & 0xff];
        if (value < 0) {
          break;
        }
        decoded[length++] = (byte) (value >> 16);
        decoded[length++] = (byte) (value >> 8);
        decoded[length++] = (byte) value;
      }
      if (length > 0) {
        out.write(decoded, 0, length);
        in.skip(from - start);
      }
      return from - start;
    }

    void add(int value) throws IOException, OverLimitException {
      bits = bits << 6 | value;
      characters++;
      if (++places == 4) {
        flush();
      }
    }

    void pad(Pad meaning) throws IOException, OverLimitException {
      switch (meaning) {
        case RESTART -> flush();
        case ZERO -> add(0);
        case IN_GROUP -> {
          if (++places == 4) {
            flush();
          }
        }
        case IGNORE, STOP -> {}
      }
    }

    void drop() {
      characters = 0;
      places = 0;
      bits = 0;
    }

    void flush() throws IOException, OverLimitException {
      switch (characters) {
        case 4 -> {
          out.write(bits >> 16);
          out.write(bits >> 8);
          out.write(bits);
        }
        case 3 -> {
          out.write(bits >> 10);
          out.write(bits >> 2);
        }
        case 2 -> out.write(bits >> 4);
        default -> {}
      }
      drop();
    }
  }
}
