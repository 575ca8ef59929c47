package org.qscan.engine.mime;

import java.io.IOException;

/**
 * Decodes the base64 between the lines of OpenPGP's armour, behind its header and up to its
 * checksum (RFC 9580, 6.2).
 */
final class Armour {

  private Armour() {}

  /** Decodes the data between the line that begins the armour and the one that ends it. */
  static void decode(ByteSource in, ByteRange range, Sink out)
      throws IOException, OverLimitException {
    in.seek(range.start(), range.end());
    InlineBase64 data = new InlineBase64(out);
    data.begin();
    StringBuilder line = new StringBuilder();
    boolean checksum = false;
    for (int octet = in.read(); octet >= 0 && !checksum; octet = in.read()) {
      if (octet == '\n' || octet == '\r') {
        checksum = line(line, data);
        line.setLength(0);
      } else if (line.length() < LONGEST_LINE) {
        line.append((char) octet);
      }
    }
    if (!checksum) {
      line(line, data);
    }
    data.end();
  }

  private static final int LONGEST_LINE = 1 << 16;

  /** Takes a line after the header. Returns whether it is the checksum. */
  private static boolean line(StringBuilder line, InlineBase64 data)
      throws IOException, OverLimitException {
    if (line.indexOf(": ") >= 0) {
      return false;
    }
    if (line.length() > 0 && line.charAt(0) == '=') {
      return true;
    }
    for (int i = 0; i < line.length(); i++) {
      data.add(line.charAt(i));
    }
    return false;
  }
}
