package org.qscan.engine.mime;

import static org.qscan.engine.mime.PackedEvasions.attribute;
import static org.qscan.engine.mime.PackedEvasions.compressed;
import static org.qscan.engine.mime.PackedEvasions.deflated;
import static org.qscan.engine.mime.PackedEvasions.literal;
import static org.qscan.engine.mime.PackedEvasions.little;
import static org.qscan.engine.mime.PackedEvasions.packet;
import static org.qscan.engine.mime.PackedEvasions.tnef;
import static org.qscan.engine.mime.PackedEvasions.with;

import java.util.List;
import java.util.function.IntFunction;
import org.qscan.engine.testing.Mails;

/**
 * Costly mails in formats that carry files of their own, S/MIME, OpenPGP and TNEF, or that bring a
 * file in pieces: much that comes of little, many of something small, and one within the other.
 */
final class CostlyPackages {

  private static final String SMIME = "application/pkcs7-mime; smime-type=compressed-data";
  private static final String OPENPGP = "application/octet-stream; name=a.gpg";
  private static final String TNEF = "application/ms-tnef; name=winmail.dat";
  private static final String MULTIPART = "Content-Type: multipart/mixed; boundary=b\n\n";
  private static final String PLAIN = "--b\nContent-Type: text/plain\n\n";
  private static final String HTML = "Content-Type: text/html\n\n";
  private static final String DELSP = "Content-Type: text/plain; format=flowed; delsp=yes\n\n";

  /** Zlib makes a thousandth of nothing but zeros. */
  private static final int RATIO = 1000;

  private CostlyPackages() {}

  static List<CostlyMails.Kind> all() {
    return List.of(
        // S/MIME
        kind("S/MIME: compressed within compressed", n -> with(SMIME, wrapped(n, 30))),
        kind("S/MIME: four contents", n -> with(SMIME, fourContents(raw(n)))),
        kind("S/MIME: segments of one octet", n -> with(SMIME, segments(raw(n)))),
        kind("S/MIME: empty segments", n -> with(SMIME, emptySegments(raw(n)))),
        kind("S/MIME: many small ones", n -> many(n, SMIME, Evasions.signed("\u0004\u0001a"))),
        kind("S/MIME: many small ones of zeros", n -> many(n, SMIME, zeros(20_000))),
        // OpenPGP
        kind("OpenPGP: zeros", n -> with(OPENPGP, zlib(literal(zeros(n, RATIO))))),
        kind("OpenPGP: one within the other", n -> with(OPENPGP, packets(n, 100))),
        kind("OpenPGP: empty packets", n -> many(n, OPENPGP, "\u00c8\u0001\u0002".repeat(64))),
        kind("OpenPGP: small packets", n -> many(n, OPENPGP, zlib("a").repeat(64))),
        kind("OpenPGP: pieces of one octet", n -> with(OPENPGP, times("\u00cb\u00e0b", raw(n)))),
        kind("OpenPGP: bodies in one part", CostlyPackages::bodies),
        kind("OpenPGP: armoured", n -> "A: b\n\n" + times(armoured("a"), n)),
        kind("OpenPGP: armoured zeros", n -> "A: b\n\n" + times(armouredZeros(), n)),
        // TNEF
        kind(
            "TNEF: attachments", n -> with(TNEF, tnef(times(attribute(2, 0x6800f, "ab"), raw(n))))),
        kind("TNEF: attachments that differ", n -> with(TNEF, tnef(differing(raw(n))))),
        kind("TNEF: names", n -> with(TNEF, tnef(names(raw(n))))),
        kind("TNEF: properties", n -> with(TNEF, tnef(values(raw(n))))),
        kind("TNEF: rich text", n -> with(TNEF, tnef(richText(raw(n))))),
        kind("TNEF: one within the other", n -> with(TNEF, tnefs(raw(n)))),
        // Pieces
        kind("yEnc: pieces", n -> "A: b\n\n" + yenc(n, i -> i, i -> i)),
        kind(
            "yEnc: pieces in five orders",
            n -> "A: b\n\n" + yenc(n, i -> i * 7 % 64, i -> -i * 5 & 63)),
        kind("yEnc: pieces, the last one first", n -> "A: b\n\n" + yenc(n, i -> 9999 - i, i -> i)),
        kind("yEnc: pieces of names of their own", n -> "A: b\n\n" + named(n)),
        kind("yEnc: pieces of many files", n -> "A: b\n\n" + files(n)),
        kind("uuencode that goes on", n -> MULTIPART + begin("") + times(PLAIN + full(), n)),
        kind("uuencode that goes on in every way", n -> flowed() + begin("> ") + times(odd(), n)),
        kind("uuencode that goes on in any order", n -> MULTIPART + times(anyOrder(), n)),
        kind("begin-base64 that goes on", n -> MULTIPART + times(base64(), n)),
        kind("uuencode that begins in each part", n -> MULTIPART + times(begun(), n)),
        kind("delsp", n -> DELSP + times("a \n", n)),
        kind("delsp: base64 in each line", n -> DELSP + times("QUJD \n\n", n)),
        kind("delsp: quoted", n -> DELSP + times("> > a \n", n)),
        kind("delsp: parts", n -> MULTIPART + times("--b\n" + DELSP + "a \nb\n", n)),
        kind("a URI in pieces", n -> pieces(n, 30_000)),
        kind("URIs in pieces, short", n -> uris(n, "data:,x")),
        kind("URIs in pieces of base64", n -> uris(n, "data:;base64,QUJD")),
        kind(
            "quoted parameters of URIs",
            n -> HTML + "<a x=\"data:" + times("x='b,';base64,QUJD", n)),
        kind("quotes in URIs", n -> HTML + "data:;base64," + times("QUJD'base64,", n)),
        kind("URIs that end at quotes", n -> HTML + times("data:;base64,QUJD'x;y=", n)));
  }

  private static CostlyMails.Kind kind(String name, IntFunction<String> mail) {
    return new CostlyMails.Kind(name, size -> Mails.octets(mail.apply(size)));
  }

  private static String times(String text, int size) {
    return text.repeat(Math.max(1, size / text.length()));
  }

  /** How large a file in base64 is in a mail of such a size. */
  private static int raw(int size) {
    return Math.max(100, size * 70 / 100);
  }

  private static String zeros(int size, int times) {
    return "\0".repeat(Math.min(1 << 27, size * times * 7 / 10));
  }

  private static String zeros(int size) {
    return compressed(PackedEvasions.DATA, "\0".repeat(size));
  }

  private static String many(int size, String type, String file) {
    StringBuilder mail = new StringBuilder(MULTIPART);
    for (int i = 0; mail.length() < size; i++) { // no two alike
      mail.append("--b\nContent-Type: ").append(type);
      mail.append("\nContent-Transfer-Encoding: base64\n\n");
      mail.append(Mails.base64(file + i)).append('\n');
    }
    return mail.append("--b--\n").toString();
  }

  // S/MIME

  private static String wrapped(int size, int depth) {
    String content = "\0".repeat(Math.min(1 << 26, size * 100));
    for (int i = 0; i < depth; i++) {
      content = compressedOfAnySize(content);
    }
    return content;
  }

  private static String compressedOfAnySize(String content) {
    String packed = deflated(content, false);
    return "0\u0080"
        + PackedEvasions.DATA
        + "\u00a0\u0080\u0004\u0083"
        + big(packed.length(), 3)
        + packed;
  }

  private static String big(long number, int octets) {
    StringBuilder out = new StringBuilder();
    for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) {
      out.append((char) (number >> shift & 0xff));
    }
    return out.toString();
  }

  private static String fourContents(int size) {
    String content = PackedEvasions.DATA + "\u00a0\u0080\u0004\u0000";
    return "0\u0080" + content.repeat(4) + times("\u0004\u0010x\u00da3456789abcdefg", size);
  }

  private static String segments(int size) {
    return "0\u0080" + PackedEvasions.DATA + "\u00a0\u0080" + times("\u0004\u0001a", size);
  }

  private static String emptySegments(int size) {
    return "0\u0080" + PackedEvasions.DATA + "\u00a0\u0080\u0004\u0001a" + "\u0000".repeat(size);
  }

  // OpenPGP

  private static String zlib(String content) {
    return packet(8, "\u0002" + deflated(packet(11, content), false));
  }

  private static String packets(int size, int depth) {
    String content = packet(11, literal("\0".repeat(size)));
    for (int i = 0; i < depth; i++) {
      content = packet(8, "\u0002" + deflated(content, false));
    }
    return content;
  }

  /** Each header begins a body, which begins as such a message does. */
  private static String bodies(int size) {
    return "A: b\n\n" + times("Content-Type: a/b\n\n\u00c8\u00ff\0\0\u0001\0\u0002", size);
  }

  private static String armoured(String content) {
    return PackedEvasions.armour(packet(11, literal(content)));
  }

  private static String armouredZeros() {
    return PackedEvasions.armour(zlib(literal("\0".repeat(100_000))));
  }

  // TNEF

  private static String differing(int size) {
    StringBuilder attributes = new StringBuilder();
    for (int i = 0; attributes.length() < size; i++) {
      attributes.append(attribute(2, 0x6800f, little(i, 3)));
    }
    return attributes.toString();
  }

  private static String names(int size) {
    StringBuilder attributes = new StringBuilder();
    for (int i = 0; attributes.length() < size; i++) {
      attributes.append(attribute(2, 0x18010, "a" + i + "\0"));
    }
    return attributes.toString();
  }

  /** One property with as many empty values as there is room for. */
  private static String values(int size) {
    String value = little(1, 4) + little(0x3701_1102L, 4) + little(size / 5, 4);
    return attribute(2, 0x69005, value + times("\u0001\0\0\0abcd", size));
  }

  /** References to the longest run of blanks in an empty window, which is 17 octets of two. */
  private static String richText(int size) {
    String text =
        "s".repeat(8) + "LZFu" + "crc_" + times("\u00ff" + "\u0080\u000f".repeat(8), size);
    return attribute(
        1,
        0x69003,
        little(1, 4) + little(0x1009_0102L, 4) + little(1, 4) + PackedEvasions.padded(text));
  }

  private static String tnefs(int size) {
    String file = tnef(attribute(2, 0x6800f, "a"));
    while (file.length() < Math.min(size, 1600)) {
      file = tnef(attribute(2, 0x6800f, file));
    }
    return file + "x".repeat(Math.max(0, size - file.length()));
  }

  // Pieces

  private static String yenc(int size, IntFunction<Integer> number, IntFunction<Integer> place) {
    StringBuilder mail = new StringBuilder();
    for (int i = 1; mail.length() < size; i++) {
      String begin = String.valueOf(Math.max(0, place.apply(i)) + 1);
      mail.append(PieceEvasions.piece(Math.max(0, number.apply(i)) + 1, begin, "piece " + i));
    }
    return mail.toString();
  }

  private static String files(int size) {
    StringBuilder mail = new StringBuilder();
    for (int i = 0; mail.length() < size; i++) {
      String piece = PieceEvasions.piece(i % 3 + 1, "1", "piece " + i);
      mail.append(piece.replace("name=a.zip", "name=" + i / 3));
    }
    return mail.toString();
  }

  private static String named(int size) {
    StringBuilder mail = new StringBuilder();
    for (int i = 0; mail.length() < size; i++) {
      String piece = PieceEvasions.piece(i + 1, String.valueOf(9999 - i), "piece " + i);
      mail.append(piece.replace("name=a.zip", "name=" + i).replace("size=9", "size=" + i % 9));
    }
    return mail.toString();
  }

  private static String begin(String prefix) {
    return PLAIN + prefix + "begin 644 a\n" + prefix + full();
  }

  private static String full() {
    return "M" + "86)C".repeat(15) + "\n";
  }

  private static String flowed() {
    return MULTIPART.replace("multipart/mixed", "multipart/mixed; format=flowed");
  }

  /** Small letters, more than its length says, a blank at its end. */
  private static String odd() {
    return PLAIN.replace("plain", "plain; format=flowed") + "> M" + "86)c".repeat(15) + "abcde \n";
  }

  private static String anyOrder() {
    String piece = PLAIN + full().repeat(3);
    return piece.repeat(2) + begin("") + piece.repeat(2);
  }

  private static String base64() {
    String piece = PLAIN + "QUJD".repeat(15) + "\n";
    return piece.repeat(2) + PLAIN + "begin-base64 644 a\nQUJD\n" + piece.repeat(2);
  }

  private static String begun() {
    return PLAIN + "begin 644 a\n" + full() + PLAIN + full();
  }

  private static String pieces(int size, int each) {
    StringBuilder mail = new StringBuilder();
    while (mail.length() < size) {
      mail.append("Content-Type: a/b;");
      int end = Math.min(size, mail.length() + each);
      mail.append(" URL*0=\"data:;base64,\"");
      for (int i = 1; mail.length() < end; i++) {
        mail.append(";URL*").append(i).append("=QUJD");
      }
      mail.append('\n');
    }
    return mail.append("\nhello\n").toString();
  }

  private static String uris(int size, String uri) {
    StringBuilder mail = new StringBuilder();
    for (int i = 0; mail.length() < size; i++) {
      mail.append(i % 500 == 0 ? "\nContent-Type: a/b" : "");
      mail.append(";u").append(i).append("*0=\"").append(uri).append(i).append('"');
    }
    return mail.append("\n\nhello\n").substring(1);
  }
}
