package org.qscan.engine.mime;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Extracts the attachments of a winmail.dat (MS-OXTNEF), which is a list of attributes. Some are
 * the content of attachments, and others are lists of MAPI properties, which may have content as
 * well. This class reads only what can contain a file; a library would bring all of MAPI. Checksums
 * are ignored.
 */
final class Tnef {

  private static final long SIGNATURE = 0x223e9f78L;
  private static final int KEY = 2;
  private static final int CHECKSUM = 2;

  private static final int BODY = 0x2800c;
  private static final int ATTACH_TITLE = 0x18010;
  private static final int ATTACH_DATA = 0x6800f;
  private static final int MESSAGE_PROPERTIES = 0x69003;
  private static final int ATTACHMENT_PROPERTIES = 0x69005;

  private static final int SEVERAL = 0x1000;
  private static final int OBJECT = 0x0d;
  private static final int STRING = 0x1e;
  private static final int UNICODE = 0x1f;
  private static final int BINARY = 0x102;
  private static final int GUID = 16;

  /** PidTagBody, PidTagHtml, PidTagAttachDataBinary: what somebody could open. */
  private static final Set<Integer> CONTENT = Set.of(0x1000, 0x1013, 0x3701);

  /** PidTagRtfCompressed: the body, in which files may be embedded. */
  private static final int RTF = 0x1009;

  /** PidTagAttachFilename, PidTagAttachLongFilename. */
  private static final Set<Integer> NAMES = Set.of(0x3704, 0x3707);

  private static final int LONGEST_NAME = 1024;

  private final ByteSource in;
  private final Sink out;
  private long left; // of the attribute

  private Tnef(ByteSource in, Sink out) {
    this.in = in;
    this.out = out;
  }

  /** Decodes a range, if it begins as such a file does. */
  static void decode(ByteSource in, ByteRange range, Sink out)
      throws IOException, OverLimitException {
    in.seek(range.start(), range.end());
    Tnef tnef = new Tnef(in, out);
    tnef.left = range.length();
    if (in.peek() != (SIGNATURE & 0xff) || tnef.number(4) != SIGNATURE) {
      return;
    }
    out.pay(Meter.DECODING + 2 * Meter.SLOW_OCTET * range.length());
    in.seek(range.start() + 4 + KEY, range.end());
    tnef.attributes();
  }

  private void attributes() throws IOException, OverLimitException {
    for (int level = in.read(); level == 1 || level == 2; level = in.read()) {
      left = 8;
      int attribute = (int) number(4);
      left = number(4);
      if (attribute == ATTACH_DATA || attribute == BODY) {
        copy(left);
      } else if (attribute == ATTACH_TITLE) {
        name(left, StandardCharsets.ISO_8859_1);
      } else if (attribute == ATTACHMENT_PROPERTIES || attribute == MESSAGE_PROPERTIES) {
        properties();
      }
      skip(left);
      left = CHECKSUM;
      skip(CHECKSUM);
    }
  }

  private void properties() throws IOException, OverLimitException {
    for (long count = number(4); count > 0 && left > 0; count--) {
      int type = (int) number(2);
      int id = (int) number(2);
      if (id >= 0x8000) {
        skipName();
      }
      if (!values(type, id)) {
        return; // of a type that nobody knows, and so is its length
      }
    }
  }

  private void skipName() throws IOException {
    skip(GUID);
    long kind = number(4);
    long length = number(4); // or the number that it is
    skip(kind == 0 ? 0 : padded(length));
  }

  private boolean values(int type, int id) throws IOException, OverLimitException {
    int one = type & ~SEVERAL;
    int size = size(one);
    boolean variable = one == OBJECT || one == STRING || one == UNICODE || one == BINARY;
    if (size == 0 && !variable) {
      return false;
    }
    long count = variable || one != type ? number(4) : 1;
    for (; count > 0 && left > 0; count--) {
      if (variable) {
        value(one, id);
      } else {
        skip(size);
      }
    }
    return true;
  }

  /** Octets of a value of a type; 0: it says so itself, or nobody knows. */
  private static int size(int type) {
    return switch (type) {
      case 1, 2, 3, 4, 0x0a, 0x0b -> 4; // null, 16 and 32 bits, float, error, boolean
      case 5, 6, 7, 0x14, 0x40 -> 8; // double, currency, application time, 64 bits, time
      case 0x48 -> GUID;
      default -> 0;
    };
  }

  private void value(int type, int id) throws IOException, OverLimitException {
    long length = number(4);
    long end = left - padded(length);
    if (id == RTF) {
      out.begin();
      CompressedRtf.decode(() -> left > end ? read() : -1, out);
      out.end();
    } else if (CONTENT.contains(id)) {
      if (type == OBJECT) {
        skip(GUID); // of the interface
        copy(length - GUID);
      } else {
        copy(length);
      }
    } else if (NAMES.contains(id)) {
      name(length, type == UNICODE ? StandardCharsets.UTF_16LE : StandardCharsets.ISO_8859_1);
    }
    skip(left - end);
  }

  private static long padded(long length) {
    return (length + 3) & ~3L;
  }

  private void copy(long length) throws IOException, OverLimitException {
    out.begin();
    for (long i = 0; i < length; i++) {
      int octet = read();
      if (octet < 0) {
        break;
      }
      out.write(octet);
    }
    out.end();
  }

  private void name(long length, Charset charset) throws IOException {
    byte[] octets = new byte[(int) Math.min(Math.max(0, Math.min(length, left)), LONGEST_NAME)];
    for (int i = 0; i < octets.length; i++) {
      octets[i] = (byte) read();
    }
    String name = new String(octets, charset);
    int end = name.indexOf('\0');
    out.name(end < 0 ? name : name.substring(0, end));
  }

  private long number(int octets) throws IOException {
    long number = 0;
    for (int i = 0; i < octets; i++) {
      number |= (long) Math.max(0, read()) << (8 * i);
    }
    return number;
  }

  private void skip(long octets) throws IOException {
    for (long i = 0; i < octets && left > 0; i++) {
      read();
    }
  }

  /** The next octet of the attribute, or -1. */
  private int read() throws IOException {
    if (left <= 0) {
      return -1;
    }
    int octet = in.read();
    left = octet < 0 ? 0 : left - 1;
    return octet;
  }
}
