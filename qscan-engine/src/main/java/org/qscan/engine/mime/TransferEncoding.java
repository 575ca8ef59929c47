package org.qscan.engine.mime;

import java.util.List;
import java.util.Locale;

/** What the value of a Content-Transfer-Encoding may mean to mail programs. */
final class TransferEncoding {

  private static final int LONGEST = 200;

  /**
   * Encodings by name that are none of RFC 2045's, and that some program decodes: BinHex, which has
   * forms that our reader does not know, and what compresses (x-gzip64 of mailcap's days).
   */
  private static final List<String> NOT_DECODED =
      List.of("binhex", "hqx", "zip", "deflate", "compress", "zlib", "lzma", "brotli", "yenc");

  /** In the names of encodings that we decode. */
  private static final List<String> DECODED = List.of("64", "quot", "print", "qp", "uu");

  private TransferEncoding() {}

  /**
   * Whether it says in the words of RFC 2045 that nothing is encoded. A comment that names an
   * encoding counts: some readers do not know comments, and decode.
   */
  static boolean isPlain(String value) {
    String plain = Part.letters(ParameterCandidates.withoutComments(value), LONGEST);
    boolean says = plain.equals("7bit") || plain.equals("8bit") || plain.equals("binary");
    return says && !names(value, DECODED) && !names(value, NOT_DECODED);
  }

  /** Whether it is the name of an encoding of RFC 2045, and nothing else. */
  static boolean isExact(String value) {
    String name = value.strip().toLowerCase(Locale.ROOT);
    return name.equals("base64") || name.equals("quoted-printable");
  }

  /** Whether it names an encoding that some program decodes and our reader does not. */
  static boolean isUnread(String value) {
    return names(value, NOT_DECODED);
  }

  private static boolean names(String value, List<String> encodings) {
    String letters = Part.letters(value, LONGEST);
    for (String encoding : encodings) {
      if (letters.contains(encoding)) {
        return true;
      }
    }
    return false;
  }
}
