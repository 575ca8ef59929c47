package org.qscan.engine.mime;

import java.io.IOException;

/** The octets of calendars and cards, whose lines may be folded anywhere (RFC 5545, RFC 6350). */
final class UnfoldedLines {

  private final ByteSource in;

  UnfoldedLines(ByteSource in) {
    this.in = in;
  }

  /** The next octet, any end of a line as LF, and none where the next one continues it; or -1. */
  int next() throws IOException {
    int c = in.read();
    while (c == '\r' || c == '\n') {
      if (c == '\r' && in.peek() == '\n') {
        in.read();
      }
      if (in.peek() != ' ' && in.peek() != '\t') {
        return '\n';
      }
      in.read();
      c = in.read();
    }
    return c;
  }
}
