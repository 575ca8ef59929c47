package org.qscan.engine.extract;

import java.io.IOException;
import java.io.InputStream;

/**
 * Decodes base64 with the same result as Mime4j's {@code Base64InputStream} when it is not strict.
 * But it decodes complete groups of four at once; decoding octet by octet was a third of the cost
 * of a mail of 50 KB. Characters outside the alphabet are ignored, an equals sign ends the data,
 * and an incomplete group at the end is lost.
 */
final class Base64Body extends InputStream {

  private static final int AT_ONCE = 8192;

  private static final byte[] VALUES = Base64Alphabet.values();

  /** The values of the alphabet, shifted to the place of the octet in a group of four. */
  private static final int[] FIRST = Base64Alphabet.shifted(18);

  private static final int[] SECOND = Base64Alphabet.shifted(12);
  private static final int[] THIRD = Base64Alphabet.shifted(6);
  private static final int[] FOURTH = Base64Alphabet.shifted(0);

  private final InputStream in;
  private final byte[] encoded = new byte[AT_ONCE];
  private final byte[] decoded = new byte[AT_ONCE]; // more than three of four, and what was begun
  private int position;
  private int limit;
  private int bits;
  private int places;
  private boolean ended;

  /**
   * Decodes a body.
   *
   * @param in the lines of the body, as they are in the message
   */
  Base64Body(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    return fill() ? decoded[position++] & 0xff : -1;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int n = Math.min(length, limit - position);
    System.arraycopy(decoded, position, to, offset, n);
    position += n;
    return n;
  }

  /** Decodes the next octets. False at the end. */
  private boolean fill() throws IOException {
    while (position == limit && !ended) {
      position = 0;
      limit = 0;
      int n = in.read(encoded);
      if (n < 0) {
        ended = true;
      } else {
        decode(n);
      }
    }
    return position < limit;
  }

  private void decode(int n) {
    int i = 0;
    while (i < n && !ended) {
      if (places == 0) {
        i = decodeWhole(i, n);
      }
      if (i < n) {
        decode((char) (encoded[i++] & 0xff));
      }
    }
  }

  /** Decodes complete groups that follow each other. Returns where the next one is not complete. */
  private int decodeWhole(int from, int to) {
    int i = from;
    int out = limit;
    for (; i + 4 <= to; i += 4) {
      int value =
          FIRST[encoded[i] & 0xff]
              | SECOND[encoded[i + 1] & 0xff]
              | THIRD[encoded[i + 2] & 0xff]
              | FOURTH[encoded[i + 3] & 0xff];
      if (value < 0) {
        break;
      }
      decoded[out++] = (byte) (value >> 16);
      decoded[out++] = (byte) (value >> 8);
      decoded[out++] = (byte) value;
    }
    limit = out;
    return i;
  }

  private void decode(char character) {
    if (character == '=') {
      pad();
      return;
    }
    int value = VALUES[character];
    if (value >= 0) {
      bits = bits << 6 | value;
      if (++places == 4) {
        places = 0;
        put(bits >> 16);
        put(bits >> 8);
        put(bits);
      }
    }
  }

  private void pad() {
    ended = true;
    if (places == 2) {
      put(bits >> 4);
    } else if (places == 3) {
      put(bits >> 10);
      put(bits >> 2);
    }
  }

  private void put(int octet) {
    decoded[limit++] = (byte) octet;
  }
}
