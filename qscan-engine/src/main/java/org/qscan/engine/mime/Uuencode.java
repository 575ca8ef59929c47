package org.qscan.engine.mime;

import java.io.IOException;

/** The lines of a uuencoded file, without those of its beginning and its end. */
final class Uuencode {

  private static final int LONGEST = 120;

  private Uuencode() {}

  /**
   * Whether a line could be one of data: as long as its first character says, with a little more
   * behind it, or with blanks that were lost at its end.
   */
  static boolean isData(Lines line) {
    if (!line.isNarrow() || line.held() < 2 || line.held() > LONGEST) {
      return false;
    }
    int characters = groups(line.at(0)) * 4;
    int extra = line.held() - 1 - characters;
    return characters > 0 && extra >= -2 && extra <= 2;
  }

  private static int groups(int first) {
    return (octets(first) + 2) / 3;
  }

  private static int octets(int first) {
    return first - ' ' & 63;
  }

  /** Decodes; what is no line of data is passed over, so that junk in between hides nothing. */
  static void decode(Octets in, Stretch stretch, Objects out)
      throws IOException, OverLimitException {
    in.seek(stretch.start(), stretch.end());
    byte[] line = new byte[LONGEST];
    int length = 0;
    for (int octet = in.read(); octet >= 0; octet = in.read()) {
      if (octet == '\n' || octet == '\r') {
        line(line, length, out);
        length = 0;
      } else if (length < LONGEST) {
        line[length++] = (byte) octet;
      }
    }
    line(line, length, out);
  }

  private static void line(byte[] line, int length, Objects out)
      throws IOException, OverLimitException {
    if (length < 2 || line[0] < ' ' || line[0] > '`') {
      return;
    }
    int octets = octets(line[0]);
    int characters = groups(line[0]) * 4;
    if (length - 1 > characters + 2) {
      return;
    }
    for (int i = 0; i < characters; i += 4) {
      int bits = 0;
      for (int j = 1; j <= 4; j++) {
        int character = i + j < length ? line[i + j] : ' ';
        bits = bits << 6 | (character - ' ' & 63);
      }
      for (int shift = 16; shift >= 0 && octets > 0; shift -= 8, octets--) {
        out.write(bits >> shift);
      }
    }
  }
}
