package org.qscan.engine.plain;

import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** What the leaves of calibration mails contain, and how it is encoded. */
final class CalibrationContent {

  private static final int LINE = 76;
  private static final String BASE64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  private static final String DIGITS = "0123456789ABCDEF";

  /** One white point. */
  private static final int[] GIF = {
    'G', 'I', 'F', '8', '9', 'a', 1, 0, 1, 0, 0x80, 0, 0, 0xff, 0xff, 0xff, 0, 0, 0, 0x2c, 0, 0, 0,
    0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b
  };

  private CalibrationContent() {}

  static void picture(WipedBuffer to) {
    for (int octet : GIF) {
      to.add(octet);
    }
  }

  /**
   * A zip with one deflated member: the mark does not stand in it as it is, so that only who looks
   * into the archive finds it. Written by hand, because the classes of Java keep copies.
   */
  static void zip(byte[] mark, WipedBuffer to) {
    byte[] packed = new byte[mark.length + 64];
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    int size;
    try {
      deflater.setInput(mark);
      deflater.finish();
      size = deflater.deflate(packed);
      deflater.setInput(new byte[0]);
    } finally {
      deflater.end();
    }
    CRC32 crc = new CRC32();
    crc.update(mark);
    String name = "a.txt";
    int begin = to.size();
    to.addInt(0x04034b50L);
    sizes(to, crc.getValue(), size, mark.length, name);
    to.addShort(0).add(name).add(packed, 0, size);
    int directory = to.size();
    to.addInt(0x02014b50L).addShort(20);
    sizes(to, crc.getValue(), size, mark.length, name);
    to.addShort(0).addShort(0).addShort(0).addShort(0).addInt(0).addInt(0).add(name);
    int length = to.size() - directory;
    to.addInt(0x06054b50L).addShort(0).addShort(0).addShort(1).addShort(1);
    to.addInt(length).addInt(directory - begin).addShort(0);
    Arrays.fill(packed, (byte) 0);
  }

  /** What both headers of a zip have. */
  private static void sizes(WipedBuffer to, long crc, int packed, int plain, String name) {
    to.addShort(20).addShort(0).addShort(8).addShort(0x6000).addShort(0x5b21); // 1 Sep 2025, noon
    to.addInt(crc).addInt(packed).addInt(plain).addShort(name.length());
  }

  static void base64(WipedBuffer from, WipedBuffer to, String eol) {
    for (int i = 0; i < from.size(); i += 3) {
      if (i > 0 && i % (LINE / 4 * 3) == 0) {
        to.add(eol);
      }
      int left = Math.min(3, from.size() - i);
      int bits = from.at(i) << 16;
      bits |= left > 1 ? from.at(i + 1) << 8 : 0;
      bits |= left > 2 ? from.at(i + 2) : 0;
      for (int k = 0; k < 4; k++) {
        to.add(k <= left ? BASE64.charAt(bits >> (18 - 6 * k) & 63) : '=');
      }
    }
    to.add(eol);
  }

  /**
   * Only letters and digits stand for themselves: of a mark nothing is left as it was.
   *
   * @param text whether a line end is one
   */
  static void quotedPrintable(WipedBuffer from, WipedBuffer to, boolean text, String eol) {
    int column = 0;
    for (int i = 0; i < from.size(); i++) {
      int octet = from.at(i);
      if (text && octet == '\n') {
        to.add(eol);
        column = 0;
        continue;
      }
      if (column > LINE - 4) {
        to.add('=').add(eol);
        column = 0;
      }
      if (Character.isLetterOrDigit(octet) && octet < 127) {
        to.add(octet);
        column++;
      } else {
        to.add('=').add(DIGITS.charAt(octet >> 4)).add(DIGITS.charAt(octet & 15));
        column += 3;
      }
    }
    if (column > 0) {
      to.add(eol); // one more octet behind an archive harms nobody
    }
  }

  static void asItIs(WipedBuffer from, WipedBuffer to, String eol) {
    for (int i = 0; i < from.size(); i++) {
      if (from.at(i) == '\n') {
        to.add(eol);
      } else {
        to.add(from.at(i));
      }
    }
  }
}
