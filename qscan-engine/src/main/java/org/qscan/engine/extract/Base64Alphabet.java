package org.qscan.engine.extract;

import java.util.Arrays;

/** The alphabet of base64 (RFC 4648, section 4), as tables for decoders. */
public final class Base64Alphabet {

  private static final String CHARACTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  private Base64Alphabet() {}

  /**
   * The value of each of the 256 octets, from 0 to 63, or -1. The caller gets an array of its own.
   */
  public static byte[] values() {
    byte[] values = new byte[256];
    Arrays.fill(values, (byte) -1);
    for (int i = 0; i < CHARACTERS.length(); i++) {
      values[CHARACTERS.charAt(i)] = (byte) i;
    }
    return values;
  }

  /**
   * The same values shifted left, so that three additions make a group of four.
   *
   * @param bits 0 to 18
   * @return a negative number for an octet that is not in the alphabet
   */
  public static int[] shifted(int bits) {
    byte[] values = values();
    int[] shifted = new int[256];
    for (int i = 0; i < 256; i++) {
      shifted[i] = values[i] << bits;
    }
    return shifted;
  }
}
