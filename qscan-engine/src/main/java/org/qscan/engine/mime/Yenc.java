package org.qscan.engine.mime;

import java.io.IOException;

/** What stands between {@code =ybegin} and {@code =yend}. */
final class Yenc {

  private Yenc() {}

  static void decode(ByteSource in, ByteRange range, Octets out)
      throws IOException, OverLimitException {
    in.seek(range.start(), range.end());
    boolean atStart = true;
    for (int octet = in.read(); octet >= 0; octet = in.read()) {
      if (octet == '\n' || octet == '\r') {
        atStart = true;
        continue;
      }
      if (octet == '=' && atStart && in.peek() == 'y') {
        skipLine(in);
      } else if (octet == '=') {
        int escaped = in.read();
        if (escaped >= 0) {
          out.write(escaped - 64 - 42);
        }
      } else {
        out.write(octet - 42);
      }
      atStart = false;
    }
  }

  private static void skipLine(ByteSource in) throws IOException {
    for (int octet = in.peek(); octet >= 0 && octet != '\n' && octet != '\r'; octet = in.peek()) {
      in.read();
    }
  }
}
