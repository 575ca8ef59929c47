package org.qscan.engine.mime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Decodes the literal packets of an OpenPGP message that is not encrypted (RFC 9580). They stand
 * alone, behind the packets of a signature, or in a compressed packet, and scanners do not open
 * them. Encrypted packets are not decrypted.
 */
final class OpenPgp {

  private static final int SIGNATURE = 2;
  private static final int ONE_PASS_SIGNATURE = 4;
  private static final int COMPRESSED = 8;
  private static final int MARKER = 10;
  private static final int LITERAL = 11;
  private static final int PADDING = 21;

  private static final int UNCOMPRESSED = 0;
  private static final int ZIP = 1;
  private static final int ZLIB = 2;
  private static final int BZIP2 = 3;

  /** Binary, text, UTF-8, MIME, and two of old programs. */
  private static final String FORMATS = "btuml1";

  private static final int DATE = 4;

  private static final long UNKNOWN = Long.MAX_VALUE;

  private final ByteSource in;
  private final Sink out;
  private long left; // of the packet, or of this part of it
  private boolean partial; // another part follows
  private int tag;

  private OpenPgp(ByteSource in, Sink out) {
    this.in = in;
    this.out = out;
  }

  /** Decodes a range, if it begins as such a message does. */
  static void decode(ByteSource in, ByteRange range, Sink out)
      throws IOException, OverLimitException {
    in.seek(range.start(), range.end());
    int first = in.peek();
    if (first < 0x80 || !isReadable(tag(first))) {
      return;
    }
    out.pay(Meter.DECODING + 2 * Meter.SLOW_OCTET * range.length()); // to copy, to inflate
    new OpenPgp(in, out).packets();
  }

  private static int tag(int octet) {
    return (octet & 0x40) != 0 ? octet & 0x3f : octet >> 2 & 0xf;
  }

  private static boolean isReadable(int tag) {
    return tag == SIGNATURE
        || tag == ONE_PASS_SIGNATURE
        || tag == COMPRESSED
        || tag == MARKER
        || tag == LITERAL
        || tag == PADDING;
  }

  private void packets() throws IOException, OverLimitException {
    while (begin() && isReadable(tag)) { // gpg reads on behind the first message
      if (tag == COMPRESSED) {
        compressed();
      } else if (tag == LITERAL) {
        literal();
      }
      while (read() >= 0) {
        // The rest of a packet means nothing here.
      }
    }
  }

  /** Reads the header of a packet; false if there is none. */
  private boolean begin() throws IOException {
    int octet = in.read();
    if (octet < 0x80) {
      return false;
    }
    tag = tag(octet);
    if ((octet & 0x40) != 0) {
      length();
    } else {
      int octets = 1 << (octet & 3);
      left = octets > 4 ? UNKNOWN : number(octets);
      partial = false;
    }
    return true;
  }

  private void length() throws IOException {
    int first = in.read();
    partial = first >= 224 && first < 255;
    if (first < 192) {
      left = Math.max(0, first);
    } else if (first < 224) {
      left = 192L + (first - 192) * 256L + Math.max(0, in.read());
    } else {
      left = partial ? 1L << (first & 0x1f) : number(4);
    }
  }

  private long number(int octets) throws IOException {
    long number = 0;
    for (int i = 0; i < octets; i++) {
      number = number << 8 | Math.max(0, in.read());
    }
    return number;
  }

  /** The next octet of the packet, or -1. */
  private int read() throws IOException {
    while (left == 0) {
      if (!partial) {
        return -1;
      }
      length();
    }
    left--;
    int octet = in.read();
    if (octet < 0) {
      left = 0;
      partial = false;
    }
    return octet;
  }

  /** What is in it are packets again. */
  private void compressed() throws IOException, OverLimitException {
    int algorithm = read();
    if (algorithm == ZIP || algorithm == ZLIB) {
      out.pay(Meter.INFLATION);
      out.begin();
      try (Inflation inflation = new Inflation(algorithm == ZIP, out)) {
        for (int octet = read(); octet >= 0; octet = read()) {
          inflation.write(octet);
        }
        inflation.finish();
      }
      out.end();
    } else if (algorithm == UNCOMPRESSED || algorithm == BZIP2) {
      copy(); // scanners open bzip2
    }
  }

  private void literal() throws IOException, OverLimitException {
    int format = read();
    if (FORMATS.indexOf(Math.max(0, format)) < 0) {
      return;
    }
    ByteArrayOutputStream name = new ByteArrayOutputStream();
    for (int length = read(); length > 0; length--) {
      name.write(read());
    }
    if (name.size() > 0) {
      out.name(name.toString(StandardCharsets.ISO_8859_1));
    }
    for (int i = 0; i < DATE; i++) {
      read();
    }
    copy();
  }

  private void copy() throws IOException, OverLimitException {
    out.begin();
    for (int octet = read(); octet >= 0; octet = read()) {
      out.write(octet);
    }
    out.end();
  }
}
