package org.qscan.engine.mime;

import java.io.IOException;

/**
 * Text of {@code format=flowed; delsp=yes} as a reader shows it (RFC 3676): a blank at the end of a
 * line goes, together with the end of the line, and so does one at its beginning. In other flowed
 * text the blank stays, and parts no word.
 */
final class FlowedText {

  private FlowedText() {}

  /**
   * Writes a range without these.
   *
   * @return whether any line went on in the next
   */
  static boolean decode(ByteSource in, ByteRange range, Octets out)
      throws IOException, OverLimitException {
    in.seek(range.start(), range.end());
    boolean joined = false;
    boolean blank = false; // the last octet was one, and is not written yet
    boolean atStart = true;
    for (int octet = in.read(); octet >= 0; octet = in.read()) {
      if (octet == '\n' || octet == '\r') {
        if (octet == '\r' && in.peek() == '\n') {
          in.read();
        }
        if (!blank) {
          out.write('\n');
        }
        joined |= blank;
        blank = false;
        atStart = true;
        continue;
      }
      if (blank) {
        out.write(' ');
      }
      blank = octet == ' ' && !atStart;
      if (octet != ' ') {
        out.write(octet);
      }
      atStart = false;
    }
    return joined;
  }
}
