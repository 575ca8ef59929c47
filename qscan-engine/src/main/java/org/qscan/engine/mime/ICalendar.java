package org.qscan.engine.mime;

import java.io.IOException;

/**
 * Finds files in calendars and cards (RFC 5545, RFC 6350): base64 after a property that declares
 * it, in lines that may be folded anywhere.
 */
final class ICalendar {

  private final UnfoldedLines in;
  private final Sink out;
  private final InlineBase64 inline;
  private final WordMatcher encoding = new WordMatcher("enc");
  private final WordMatcher base64 = new WordMatcher("64");
  private boolean saysBase64;

  private ICalendar(ByteSource in, Sink out) {
    this.in = new UnfoldedLines(in);
    this.out = out;
    this.inline = new InlineBase64(out);
  }

  /** Whether a line could be the first of such a thing. */
  static boolean begins(Lines line) {
    return line.beginsWith("begin:v");
  }

  static void decode(ByteSource in, ByteRange range, Sink out)
      throws IOException, OverLimitException {
    in.seek(range.start(), range.end());
    new ICalendar(in, out).run();
  }

  private void run() throws IOException, OverLimitException {
    for (int c = in.next(); c >= 0; ) {
      if (c == '\n') {
        saysBase64 = false;
        c = in.next();
      } else if ((c == ':' || c == ',') && saysBase64) {
        c = value();
      } else {
        saysBase64 |= encoding.endsWith(c);
        saysBase64 |= base64.endsWith(c);
        c = in.next();
      }
    }
  }

  /** From behind a colon or a comma on; returns the first character that is not of it. */
  private int value() throws IOException, OverLimitException {
    inline.begin();
    int c = in.next();
    while (inline.add(c) || c == ' ') {
      c = in.next();
    }
    if (c < 0 || c == '\n') {
      inline.end();
    } else {
      out.begin(); // it was something else
    }
    return c;
  }
}
