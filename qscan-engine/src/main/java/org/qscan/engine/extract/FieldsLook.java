package org.qscan.engine.extract;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Checks the header fields of a message while ripMIME reads it, and stops before a field that would
 * cost ripMIME too much. ripMIME 1.4.0 searches a field to its end for every semicolon in it: 88 KB
 * of semicolons keep it busy for a minute and a half (measured: 3.1 ns for each semicolon and octet
 * of its field). The check takes linear time and keeps nothing of the message. It recognises fields
 * by their lines alone, also after each line that could be a boundary. It does not see fields in
 * encoded parts; the limit on CPU time is for those.
 *
 * <p>One thread reads it; any thread may call {@link #isTooMuch}.
 */
final class FieldsLook extends FilterInputStream {

  /**
   * The limit for the sum of semicolons times octets of their fields: about 0.3 s of ripMIME's
   * time. Ordinary mail is far below.
   */
  private static final long MOST = 100_000_000;

  /** The additional limit for each octet that has come: 0.3 s a megabyte. */
  private static final long MOST_FOR_OCTET = 100;

  private boolean header = true;
  private boolean atStart = true;
  private boolean naming;
  private boolean named; // false: not a field, as in a style sheet behind "-->"
  private boolean empty = true;
  private int dashes;
  private long octets;
  private long fieldLength;
  private long semicolons;
  private long before; // sum for the fields that have ended
  private volatile boolean tooMuch;

  FieldsLook(InputStream message) {
    super(message);
  }

  /** Whether a field costs too much. ripMIME did not get the whole message then. */
  boolean isTooMuch() {
    return tooMuch;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int n = super.read(bytes, offset, length);
    for (int i = offset; i < offset + n; i++) {
      look(bytes[i]);
    }
    octets += Math.max(0, n);
    tooMuch |= before + semicolons * fieldLength > MOST + MOST_FOR_OCTET * octets;
    if (tooMuch) {
      throw new IOException("this header field would cost ripMIME too much");
    }
    return n;
  }

  private void look(byte octet) {
    if (octet == '\n') {
      header &= !empty;
      atStart = true;
      empty = true;
      naming = false;
      dashes = 0;
      return;
    }
    if (atStart && octet != ' ' && octet != '\t') { // a field begins, or a line in its place
      before += semicolons * fieldLength;
      semicolons = 0;
      fieldLength = 0;
      naming = true;
      named = false;
    }
    dashes = octet == '-' && (atStart || dashes == 1) ? dashes + 1 : dashes == 2 ? 2 : 0;
    header |= dashes == 2;
    atStart = false;
    empty &= octet == '\r';
    if (naming) {
      named = octet == ':';
      naming = isOfName(octet);
    }
    if (header && named) {
      fieldLength++;
      semicolons += octet == ';' ? 1 : 0;
    }
  }

  /** Whether the octet can be in a field name as ripMIME reads it, with blanks before the colon. */
  private static boolean isOfName(byte octet) {
    return (octet >= 'a' && octet <= 'z')
        || (octet >= 'A' && octet <= 'Z')
        || (octet >= '0' && octet <= '9')
        || octet == '-'
        || octet == ' '
        || octet == '\t';
  }
}
