package org.qscan.engine.mime;

import java.io.IOException;

/**
 * The content of a signed or compressed S/MIME message (RFC 5652, RFC 3274), whatever type it says
 * that it has: data, or another such message. The content is one octet string. Programs that sign a
 * stream write it in segments, and the tags of these stand in the middle of lines. Encrypted
 * content is not decrypted.
 */
final class Cms {

  private static final int SEQUENCE = 0x30;
  private static final int IDENTIFIER = 0x06;
  private static final int EXPLICIT = 0xa0;
  private static final int STRING = 0x04;
  private static final int SEGMENTED = 0x24;
  private static final int LOOKED_AT = 32768;
  private static final int LONGEST_IDENTIFIER = 40;

  /** The most octets from an identifier to the tag of the content whose type it names. */
  private static final int LONGEST_HEAD = 256;

  /** Ends octets of indefinite length, like the end of the range. */
  private static final long UNKNOWN = Long.MAX_VALUE;

  private final ByteSource in;

  private Cms(ByteSource in) {
    this.in = in;
  }

  /**
   * Decodes from every place that looks like the content. A forged message has many such places,
   * and a program that parses all of it finds the right one. Each is paid for.
   *
   * @return whether it is such a message, and has content that is not empty
   */
  static boolean decode(ByteSource in, long size, Sink out) throws IOException, OverLimitException {
    in.seek(0, size);
    if (in.peek() != SEQUENCE) {
      return false;
    }
    out.pay(Meter.DECODING + 2 * size);
    boolean some = false;
    for (long at = 0; at < size; at += LOOKED_AT) {
      in.seek(at, size);
      byte[] looked = in.read((int) Math.min(LOOKED_AT + LONGEST_HEAD, size - at));
      for (int i = 0; i < Math.min(LOOKED_AT, looked.length); i++) {
        int content = looked[i] == IDENTIFIER ? behindIdentifier(looked, i) : -1;
        if (content > 0) {
          some |= new Cms(in).decode(at + content, size, out);
        }
      }
    }
    return some;
  }

  private boolean decode(long content, long size, Sink out) throws IOException, OverLimitException {
    out.pay(3 * Meter.SLOW_OCTET * (size - content)); // to look, to copy, to inflate
    in.seek(content, size);
    boolean compressed = isZlib();
    in.seek(content, size);
    out.begin();
    boolean some = content(out);
    out.end();
    if (compressed) {
      in.seek(content, size);
      out.pay(Meter.INFLATION);
      out.begin();
      try (Inflation inflation = new Inflation(false, out)) {
        content(inflation::write);
        inflation.finish();
      }
      out.end();
    }
    return some;
  }

  /**
   * The place of the content whose type an object identifier names; -1 if this is not such an
   * identifier, or if no octets follow it.
   */
  private static int behindIdentifier(byte[] octets, int at) {
    int length = octet(octets, at + 1);
    int explicit = at + 2 + length;
    if (length < 1 || length > LONGEST_IDENTIFIER || octet(octets, explicit) != EXPLICIT) {
      return -1;
    }
    int size = octet(octets, explicit + 1);
    int string = explicit + 2 + (size > 0x80 ? size & 0x7f : 0);
    int tag = octet(octets, string);
    return tag == STRING || tag == SEGMENTED ? explicit : -1;
  }

  private static int octet(byte[] octets, int at) {
    return at < octets.length ? octets[at] & 0xff : -1;
  }

  private boolean isZlib() throws IOException, OverLimitException {
    int[] first = {-1, -1};
    content(octet -> {
      first[1] = first[0] >= 0 && first[1] < 0 ? octet : first[1];
      first[0] = first[0] < 0 ? octet : first[0];
    });
    return first[1] >= 0 && (first[0] & 0x8f) == 8 && ((first[0] << 8) + first[1]) % 31 == 0;
  }

  /** Reads the segments one after the other, however they are nested. */
  private boolean content(Octets out) throws IOException, OverLimitException {
    boolean some = false;
    while (true) {
      int tag = in.read();
      long length = tag < 0 ? 0 : length();
      if (tag == STRING) {
        for (; length > 0; length--) {
          int octet = in.read();
          if (octet < 0) {
            return some;
          }
          out.write(octet);
          some = true;
        }
      } else if (tag != EXPLICIT && tag != SEGMENTED && (tag != 0 || length != 0)) {
        return some; // what follows the content: certificates, signatures
      }
    }
  }

  private long length() throws IOException {
    int first = in.read();
    if (first < 0x80) {
      return Math.max(0, first);
    }
    if (first == 0x80) {
      return UNKNOWN;
    }
    long length = 0;
    for (int i = first & 0x7f; i > 0; i--) {
      int octet = in.read();
      length = octet < 0 || length >> 48 != 0 ? UNKNOWN : length << 8 | octet;
    }
    return length;
  }
}
