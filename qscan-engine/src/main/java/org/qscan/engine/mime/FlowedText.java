package org.qscan.engine.mime;

import java.io.IOException;

/**
 * Text of {@code format=flowed; delsp=yes} as a reader shows it (RFC 3676): a blank at the end of a
 * line goes, together with the end of the line, and so does one at its beginning. The marks of a
 * quotation go with it in one reading, and stay in the other. In flowed text without {@code delsp}
 * the blank stays, so no word is cut.
 */
final class FlowedText {

  private FlowedText() {}

  /**
   * What was met in a range.
   *
   * @param joined whether any line went on in the next
   * @param quoted whether marks of a quotation began any line
   */
  record FlowedMarks(boolean joined, boolean quoted) {}

  /**
   * Writes a range without these.
   *
   * @param unquote whether the marks of a quotation go, too
   */
  static FlowedMarks decode(ByteSource in, ByteRange range, boolean unquote, Octets out)
      throws IOException, OverLimitException {
    in.seek(range.start(), range.end());
    boolean joined = false;
    boolean quoted = false;
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
      if (octet == '>' && atStart) {
        quoted = true;
        if (unquote) {
          continue;
        }
      }
      if (blank) {
        out.write(' ');
      }
      blank = octet == ' ' && !atStart;
      if (octet != ' ') {
        out.write(octet);
      }
      atStart = atStart && unquote && octet == ' ' && in.peek() == '>';
    }
    return new FlowedMarks(joined, quoted);
  }
}
