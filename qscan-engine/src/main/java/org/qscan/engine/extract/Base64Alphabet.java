package org.qscan.engine.extract;

import java.util.Arrays;

/** The alphabet of base64 (RFC 4648, section 4), as tables for decoders. */
public final class Base64Alphabet {

  private static final String CHARACTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  private Base64Alphabet() {}

  /** For each of the 256 octets its value from 0 to 63, or -1; an array of the caller's own. */
  public static byte[] values() {
    byte[] values = new byte[256];
    Arrays.fill(values, (byte) -1);
    for (int i = 0; i < CHARACTERS.length(); i++) {
      values[CHARACTERS.charAt(i)] = (byte) i;
    }
    return values;
  }

  /**
   * The same shifted left, so that a group is put together by three additions.
   *
   * @param bits 0 to 18
   * @return negative for what is not of the alphabet
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
