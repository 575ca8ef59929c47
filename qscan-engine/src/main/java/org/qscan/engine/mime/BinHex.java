package org.qscan.engine.mime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * Decodes BinHex 4.0: six bits in each character, with repeated octets shortened, then a header and
 * two forks. Their checksums are ignored.
 */
final class BinHex {

  private static final String ALPHABET =
      "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";
  private static final int REPEAT = 0x90;
  private static final int LONGEST_NAME = 63;

  /** The shortest line of data. A shorter line is text, unless the format is announced. */
  private static final int FEWEST = 24;

  private static final byte[] VALUES = values();

  private final ByteSource in;
  private int bits;
  private int bitCount;
  private int last;
  private int repeats;

  private BinHex(ByteSource in) {
    this.in = in;
  }

  private static byte[] values() {
    byte[] values = new byte[256];
    Arrays.fill(values, (byte) -1);
    for (int i = 0; i < 64; i++) {
      values[ALPHABET.charAt(i)] = (byte) i;
    }
    return values;
  }

  /**
   * Whether a line could be the first one of data.
   *
   * @param announced whether the line that announces the format stands before it
   */
  static boolean begins(Lines line, boolean announced) {
    int from = line.indent();
    int to = line.solidLength();
    if (line.at(from) != ':' || to - from < (announced ? 2 : FEWEST)) {
      return false;
    }
    for (int i = from + 1; i < to; i++) {
      if (VALUES[line.at(i)] < 0 && line.at(i) != ':') {
        return false;
      }
    }
    return true;
  }

  /**
   * Decodes both forks.
   *
   * @param range begins at the colon
   * @param out each fork becomes a file
   */
  static void decode(ByteSource in, ByteRange range, Sink out)
      throws IOException, OverLimitException {
    in.seek(range.start() + 1, range.end());
    BinHex data = new BinHex(in);
    int nameLength = data.read();
    if (nameLength < 1 || nameLength > LONGEST_NAME) {
      return;
    }
    ByteArrayOutputStream name = new ByteArrayOutputStream();
    for (int i = 0; i < nameLength; i++) {
      name.write(data.read());
    }
    out.name(name.toString(java.nio.charset.StandardCharsets.ISO_8859_1));
    data.skip(1 + 4 + 4 + 2); // version, type, creator, flags
    long dataLength = data.number();
    long resourceLength = data.number();
    data.skip(2);
    data.fork(dataLength, out);
    data.skip(2);
    data.fork(resourceLength, out);
  }

  private void fork(long length, Sink out) throws IOException, OverLimitException {
    out.begin();
    for (long i = 0; i < length; i++) {
      int octet = read();
      if (octet < 0) {
        break;
      }
      out.write(octet);
    }
    out.end();
  }

  private long number() throws IOException {
    long number = 0;
    for (int i = 0; i < 4; i++) {
      number = number << 8 | (read() & 0xff);
    }
    return number;
  }

  private void skip(int octets) throws IOException {
    for (int i = 0; i < octets; i++) {
      read();
    }
  }

  /** The next octet, runs written out; -1 at the end. */
  private int read() throws IOException {
    while (repeats == 0) {
      int octet = packed();
      if (octet != REPEAT) {
        last = octet;
        return octet;
      }
      int count = packed();
      if (count < 0) {
        return -1;
      }
      if (count == 0) {
        last = REPEAT;
        return REPEAT;
      }
      repeats = count - 1; // the octet itself has been there once
    }
    repeats--;
    return last;
  }

  private int packed() throws IOException {
    while (bitCount < 8) {
      int character = in.read();
      if (character < 0 || character == ':') {
        return -1;
      }
      int value = VALUES[character];
      if (value >= 0) {
        bits = bits << 6 | value;
        bitCount += 6;
      }
    }
    bitCount -= 8;
    return bits >> bitCount & 0xff;
  }
}
