package org.qscan.engine.mime;

import java.io.IOException;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The content of a signed or compressed S/MIME message (RFC 5652, RFC 3274): it stands in one octet
 * string or, as programs write it that sign what streams by, in segments, whose tags fall into the
 * middle of lines. What is encrypted stays so.
 */
final class Cms {

  private static final int SEQUENCE = 0x30;
  private static final int EXPLICIT = 0xa0;
  private static final int STRING = 0x04;
  private static final int SEGMENTED = 0x24;
  private static final int LOOKED_AT = 4096;
  private static final int BUFFER = 8192;

  /** Ends octets of indefinite length, like the end of the range. */
  private static final long UNKNOWN = Long.MAX_VALUE;

  /** id-data, 1.2.840.113549.1.7.1, with its tag and length: the content follows. */
  private static final byte[] DATA = {
    0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x07, 0x01
  };

  private final ByteSource in;

  private Cms(ByteSource in) {
    this.in = in;
  }

  /**
   * Decodes.
   *
   * @return whether it is such a message, and has content that is not empty
   */
  static boolean decode(ByteSource in, long size, Sink out) throws IOException, OverLimitException {
    in.seek(0, size);
    Cms cms = new Cms(in);
    if (in.peek() != SEQUENCE || !cms.findData()) {
      return false;
    }
    out.pay(3 * Meter.SLOW_OCTET * size); // to look, to copy, to inflate
    long content = in.offset();
    boolean compressed = cms.isZlib();
    in.seek(content, size);
    out.begin();
    boolean some = cms.content(out::write);
    out.end();
    if (compressed) {
      in.seek(content, size);
      cms.inflate(out);
    }
    return some;
  }

  /** Where the octets of the content go. */
  private interface Target {
    void write(int octet) throws IOException, OverLimitException;
  }

  /** Passes over what stands before the content, and says whether there is any. */
  private boolean findData() throws IOException {
    int matched = 0;
    for (int i = 0; i < LOOKED_AT; i++) {
      int octet = in.read();
      if (octet < 0) {
        return false;
      }
      if (octet != (DATA[matched] & 0xff)) {
        matched = 0;
      }
      if (octet == (DATA[matched] & 0xff) && ++matched == DATA.length) {
        if (in.peek() == EXPLICIT) {
          return true;
        }
        matched = 0;
      }
    }
    return false;
  }

  private boolean isZlib() throws IOException, OverLimitException {
    int[] first = {-1};
    content(octet -> first[0] = first[0] < 0 ? octet : first[0]);
    return first[0] == 0x78;
  }

  /** Reads the segments one after the other, however they are nested. */
  private boolean content(Target out) throws IOException, OverLimitException {
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

  /** What it is compressed to, as far as it can be read. */
  private void inflate(Sink out) throws IOException, OverLimitException {
    Inflater inflater = new Inflater();
    byte[] packed = new byte[BUFFER];
    byte[] octets = new byte[BUFFER];
    int[] length = {0};
    out.begin();
    try {
      content(octet -> {
        packed[length[0]++] = (byte) octet;
        if (length[0] == BUFFER) {
          write(inflater, packed, BUFFER, octets, out);
          length[0] = 0;
        }
      });
      write(inflater, packed, length[0], octets, out);
    } finally {
      inflater.end();
    }
    out.end();
  }

  private static void write(Inflater inflater, byte[] packed, int length, byte[] octets, Sink out)
      throws IOException, OverLimitException {
    inflater.setInput(packed, 0, length);
    try {
      for (int n = inflater.inflate(octets); n > 0; n = inflater.inflate(octets)) {
        for (int i = 0; i < n; i++) {
          out.write(octets[i]);
        }
      }
    } catch (DataFormatException e) {
      // What came before it stands; the octets as they are have a file of their own.
    }
  }
}
