package org.qscan.engine.plain;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a leaf contains, octet by octet as it is decoded: whether a text is one, and whether there
 * could be an archive or a document in it.
 */
final class LeafContent {

  private static final int HEAD = 512;
  private static final int LINE = 40;
  private static final int TAR = 257;

  /** First lines of files that readers find in texts. */
  private static final String[] EMBEDDED = {
    "begin-base64 ",
    "=ybegin ",
    "(This file must be converted with BinHex",
    "-----BEGIN PGP MESSAGE",
    "-----BEGIN PKCS7",
    "-----BEGIN CMS"
  };

  /** Pictures: not where a scanner counts files, unless something else is in them. */
  private static final byte[][] PICTURES = {
    {(byte) 0xff, (byte) 0xd8, (byte) 0xff},
    {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'},
    {'G', 'I', 'F', '8'}
  };

  /** What an archive or a document begins with, unless it is one of {@link #isContainerAt}. */
  private static final byte[][] CONTAINERS = {
    {0x1f, (byte) 0x8b},
    {'B', 'Z', 'h'},
    {(byte) 0xfd, '7', 'z', 'X', 'Z'},
    {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd},
    {0x60, (byte) 0xea},
    {'{', '\\', 'r', 't', 'f'},
    {'M', 'Z'},
    {'I', 'T', 'S', 'F'}
  };

  /** TNEF, AppleSingle, AppleDouble. */
  private static final byte[][] FORMATS = {
    {0x78, (byte) 0x9f, 0x3e, 0x22}, {0, 5, 0x16, 0}, {0, 5, 0x16, 7}
  };

  /** Octets at which something may end that has to be looked at. */
  private static final boolean[] NOTABLE = new boolean[256];

  /** The same in text, where more has to be looked at. */
  private static final boolean[] NOTABLE_IN_TEXT = new boolean[256];

  static {
    for (int last : new int[] {0x04, 0x06, 0x21, 0xaf, 0x46, 0xe0}) {
      NOTABLE[last] = true;
      NOTABLE_IN_TEXT[last] = true;
    }
    for (int octet : new int[] {0, 0x0e, 0x0f, 0x1b, '\n', 'A'}) {
      NOTABLE_IN_TEXT[octet] = true;
    }
  }

  private final boolean isText;
  private final byte[] head = new byte[HEAD];
  private final byte[] line = new byte[LINE];
  private int lineSize;
  private long size;
  private int window; // the last four octets before the block
  private int utf7; // how many octets must still be seen
  private boolean container;
  private @Nullable Oddity oddity;

  LeafContent(boolean isText) {
    this.isText = isText;
  }

  /** More of it. */
  void accept(byte[] from, int offset, int length) {
    if (size < HEAD) {
      System.arraycopy(from, offset, head, (int) size, (int) Math.min(length, HEAD - size));
    }
    size += length;
    if (isText) {
      acceptText(from, offset, length);
    } else {
      for (int i = 0; i < length; i++) {
        if (NOTABLE[from[offset + i] & 0xff]) {
          container |= isContainerAt(lastFour(from, offset, i));
        }
      }
    }
    for (int i = Math.max(0, length - 4); i < length; i++) {
      window = window << 8 | (from[offset + i] & 0xff);
    }
  }

  /** An octet of a block, and the three before it. */
  private int lastFour(byte[] from, int offset, int index) {
    int four = index >= 3 ? 0 : window;
    for (int i = Math.max(0, index - 3); i <= index; i++) {
      four = four << 8 | (from[offset + i] & 0xff);
    }
    return four;
  }

  /** Scanners find these wherever they stand. */
  private static boolean isContainerAt(int window) {
    return switch (window) {
      case 0x504b0304, // zip
          0x504b0506,
          0x52617221, // Rar!
          0x377abcaf, // 7z
          0x4d534346, // MSCF
          0x25504446, // %PDF
          0xd0cf11e0 -> // OLE2
          true;
      default -> false;
    };
  }

  private void acceptText(byte[] from, int offset, int length) {
    for (int i = 0; i < length; i++) {
      int octet = from[offset + i] & 0xff;
      if (lineSize < LINE) {
        line[lineSize++] = (byte) octet;
        if (lineSize == 1 && octet != 'b' && octet != '=' && octet != '(' && octet != '-') {
          lineSize = LINE; // no first line of anything
          line[0] = ' ';
        }
      }
      if (NOTABLE_IN_TEXT[octet] || utf7 > 0) {
        notable(octet, lastFour(from, offset, i));
      }
    }
  }

  private void notable(int octet, int lastFour) {
    container |= isContainerAt(lastFour);
    if (octet == 0 || octet == 0x1b || octet == 0x0e || octet == 0x0f || isUtf7(lastFour)) {
      oddity = Oddity.TEXT;
    }
    utf7 = (lastFour & 0xffff) == ('+' << 8 | 'A') ? 2 : Math.max(0, utf7 - 1);
    if (octet == '\n') {
      endLine();
    }
  }

  /** A character of ASCII between + and -, in UTF-16 and base64: +A, then A to H. */
  private static boolean isUtf7(int window) {
    int third = window >> 8 & 0xff;
    return window >>> 16 == ('+' << 8 | 'A')
        && third >= 'A'
        && third <= 'H'
        && PlainBody.base64(window & 0xff) >= 0;
  }

  private void endLine() {
    boolean first = lineSize > 0 && line[0] != ' ';
    String text = first ? new String(line, 0, lineSize, StandardCharsets.ISO_8859_1) : "";
    lineSize = 0;
    line[0] = ' ';
    if (text.startsWith("begin ") && text.length() > 6 && isDigit(text.charAt(6))) {
      oddity = Oddity.EMBEDDED;
    }
    for (String embedded : EMBEDDED) {
      if (text.startsWith(embedded)) {
        oddity = Oddity.EMBEDDED;
      }
    }
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** What is odd about it, once all of it has been seen; null if nothing is. */
  @Nullable Oddity oddity() {
    if (isText && lineSize > 0) {
      endLine();
    }
    if (beginsWithOneOf(FORMATS)) {
      return Oddity.FORMAT;
    }
    boolean mark =
        size >= 2
            && ((head[0] == (byte) 0xfe && head[1] == (byte) 0xff)
                || (head[0] == (byte) 0xff && head[1] == (byte) 0xfe));
    return isText && mark ? Oddity.TEXT : oddity;
  }

  /** Whether blank lines count in it: it is no text, or not only. */
  boolean isExact() {
    return !isText || isContainer();
  }

  /** Whether an archive or a document is in it, or it is of a kind that nobody here knows. */
  boolean isContainer() {
    return container
        || beginsWithOneOf(CONTAINERS)
        || isTar()
        || (!isText && size > 0 && !beginsWithOneOf(PICTURES));
  }

  private boolean isTar() {
    return size > TAR + 5
        && head[TAR] == 'u'
        && head[TAR + 1] == 's'
        && head[TAR + 2] == 't'
        && head[TAR + 3] == 'a'
        && head[TAR + 4] == 'r';
  }

  private boolean beginsWithOneOf(byte[][] beginnings) {
    for (byte[] beginning : beginnings) {
      boolean same = size >= beginning.length;
      for (int i = 0; same && i < beginning.length; i++) {
        same = head[i] == beginning[i];
      }
      if (same) {
        return true;
      }
    }
    return false;
  }
}
