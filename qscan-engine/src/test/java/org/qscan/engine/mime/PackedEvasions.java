package org.qscan.engine.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.Deflater;
import org.qscan.engine.testing.Mails;

/**
 * Mail that hides its content in a format of its own which scanners do not open, or do not open
 * everywhere: S/MIME in S/MIME, OpenPGP that is not encrypted, winmail.dat.
 */
final class PackedEvasions {

  private final List<Evasions.Evasion> all = new ArrayList<>();

  private PackedEvasions() {}

  static List<Evasions.Evasion> all() {
    PackedEvasions evasions = new PackedEvasions();
    evasions.secureMime();
    evasions.openPgp();
    evasions.tnef();
    return evasions.all;
  }

  private void found(String name, UnaryOperator<String> around) {
    all.add(new Evasions.Evasion(name, false, around));
  }

  /** A mail with this file, in base64. */
  static String with(String type, String file) {
    return Mails.multipart(
        "Content-Type: "
            + type
            + "\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + Evasions.base64(file));
  }

  static String deflated(String content, boolean bare) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, bare);
    deflater.setInput(Mails.octets(content));
    deflater.finish();
    byte[] octets = new byte[content.length() + 1000];
    int length = deflater.deflate(octets);
    deflater.end();
    return new String(octets, 0, length, StandardCharsets.ISO_8859_1);
  }

  /* S/MIME */

  static final String SIGNED_DATA = "\u0006\t*\u0086H\u0086\u00f7\r\u0001\u0007\u0002";
  static final String DATA = "\u0006\t*\u0086H\u0086\u00f7\r\u0001\u0007\u0001";

  static String compressed(String type, String content) {
    return "0\u0080\u0006\u000b*\u0086H\u0086\u00f7\r\u0001\t\u0010\u0001\t\u00a0\u00800\u0080"
        + "\u0002\u0001\00\r\u0006\u000b*\u0086H\u0086\u00f7\r\u0001\t\u0010\u0003\u0008"
        + "0\u0080"
        + type
        + "\u00a0\u0080"
        + Evasions.string(deflated(content, false))
        + "\0\0\0\0\0\0\0\0\0\0";
  }

  private static String inner(String content) {
    return Mails.multipart(
        "Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + Evasions.base64(content));
  }

  private void secureMime() {
    String type = "application/pkcs7-mime; smime-type=compressed-data; name=smime.p7z";
    found(
        "P S/MIME: signed within compressed, by its raw type",
        content ->
            with(type, compressed(SIGNED_DATA, Evasions.signed(Evasions.string(inner(content))))));
    found(
        "P S/MIME: compressed within compressed, by its raw type",
        content ->
            with(type, compressed("\u0006\u0003*\u0003\u0004", compressed(DATA, inner(content)))));
    found(
        "P S/MIME: content of a type that nobody knows, behind what looks like an empty one",
        content ->
            with(
                type,
                compressed("\u0006\u0001*\u00a0\u0002\u0004\u0000" + SIGNED_DATA, inner(content))));
  }

  /* OpenPGP */

  private static String number(long number, int octets) {
    StringBuilder out = new StringBuilder();
    for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) {
      out.append((char) (number >> shift & 0xff));
    }
    return out.toString();
  }

  /** A packet of the new form, its length in five octets. */
  static String packet(int tag, String body) {
    return (char) (0xc0 | tag) + "\u00ff" + number(body.length(), 4) + body;
  }

  /** A packet of the old form that goes on to the end. */
  private static String endless(int tag, String body) {
    return (char) (0x83 | tag << 2) + body;
  }

  /** A packet in pieces, shorter than a program would make them. */
  static String partial(int tag, String body) {
    StringBuilder out = new StringBuilder().append((char) (0xc0 | tag));
    int at = 0;
    for (; body.length() - at >= 32; at += 32) {
      out.append((char) (224 + 5)).append(body, at, at + 32);
    }
    int left = body.length() - at;
    return out.append((char) left).append(body.substring(at)).toString();
  }

  static String literal(String content) {
    return "b\u0005a.zip\0\0\0\0" + content;
  }

  /** A message that has a file and nothing else. */
  static String message(String content) {
    return packet(11, literal(content));
  }

  /** A compressed S/MIME message. */
  static String packed(String content) {
    return compressed(DATA, content);
  }

  /** A winmail.dat with one attachment. */
  static String winmail(String content) {
    return tnef(attribute(2, 0x6800f, content));
  }

  static String armour(String packets) {
    return "-----BEGIN PGP MESSAGE-----\r\nVersion: GnuPG v2\r\nComment: all of it\r\n\r\n"
        + Evasions.base64(packets)
        + "=njUN\r\n-----END PGP MESSAGE-----\r\n";
  }

  private void openPgp() {
    String file = "application/octet-stream; name=a.gpg";
    found("P OpenPGP: a literal packet", c -> with(file, packet(11, literal(c))));
    found("P OpenPGP: in pieces", c -> with(file, partial(11, literal(c))));
    found(
        "P OpenPGP: behind a marker and a signature",
        c -> with(file, packet(10, "PGP") + packet(4, "x".repeat(13)) + packet(11, literal(c))));
    found(
        "P OpenPGP: ZIP",
        c -> with(file, endless(8, "\u0001" + deflated(packet(11, literal(c)), true))));
    found(
        "P OpenPGP: ZLIB, twice",
        c ->
            with(
                file,
                packet(
                    8,
                    "\u0002"
                        + deflated(
                            packet(8, "\u0002" + deflated(endless(11, literal(c)), false)),
                            false))));
    found(
        "P OpenPGP: a packet that says compressed and is not",
        c -> with(file, packet(8, "\0" + packet(11, literal(c)))));
    found(
        "P OpenPGP: armoured, in text",
        c -> Mails.plain("hello\r\n\r\n" + armour(packet(11, literal(c))) + "bye\r\n"));
    found(
        "P OpenPGP: armoured, ZLIB",
        c ->
            Mails.multipart(
                "Content-Type: application/octet-stream; name=a.asc\r\n\r\n"
                    + armour(packet(8, "\u0002" + deflated(packet(11, literal(c)), false)))));
    found(
        "P OpenPGP: in octets as they are",
        c ->
            Mails.multipart(
                "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n"
                    + "\r\n"
                    + packet(11, literal(c))));
  }

  /* TNEF */

  static String little(long number, int octets) {
    return new StringBuilder(number(number, octets)).reverse().toString();
  }

  static String attribute(int level, long id, String data) {
    return (char) level + little(id, 4) + little(data.length(), 4) + data + "\0\0";
  }

  static String tnef(String attributes) {
    return little(0x223e9f78L, 4)
        + "\1\0"
        + attribute(1, 0x89006, little(0x10000, 4))
        + attributes
        + attribute(2, 0x69002, "\1\0" + "\0".repeat(12));
  }

  static String padded(String value) {
    return little(value.length(), 4) + value + "\0".repeat((4 - value.length() % 4) % 4);
  }

  /** Properties of several types, and then one with content. */
  static String properties(int type, String value) {
    return little(5, 4)
        + little(0x3705_0003L, 4)
        + little(1, 4)
        + little(0x3707_001eL, 4)
        + little(1, 4)
        + padded("a-long-name.zip\0")
        + little(0x8001_101fL, 4)
        + "\0".repeat(16)
        + little(1, 4)
        + padded("n\0a\0m\0e\0\0\0")
        + little(2, 4)
        + padded("x\0\0\0")
        + padded("yy\0\0\0\0")
        + little(0x3007_0040L, 4)
        + "\0".repeat(8)
        + little(0x3701_0000L | type, 4)
        + little(1, 4)
        + padded(value);
  }

  private void tnef() {
    String file = "application/ms-tnef; name=winmail.dat";
    found(
        "P TNEF: the data of an attachment",
        c -> with(file, tnef(attribute(2, 0x18010, "a.zip\0") + attribute(2, 0x6800f, c))));
    found(
        "P TNEF: a property with data",
        c -> with(file, tnef(attribute(2, 0x69005, properties(0x102, c)))));
    found(
        "P TNEF: an object",
        c -> with(file, tnef(attribute(2, 0x69005, properties(0x0d, "g".repeat(16) + c)))));
    found(
        "P TNEF: in TNEF",
        c ->
            with(
                file,
                tnef(
                    attribute(
                        2,
                        0x69005,
                        properties(0x0d, "g".repeat(16) + tnef(attribute(2, 0x6800f, c)))))));
    found(
        "P TNEF: in octets as they are",
        c ->
            Mails.multipart(
                "Content-Type: application/ms-tnef\r\nContent-Transfer-Encoding: binary\r\n\r\n"
                    + tnef(attribute(2, 0x6800f, c))));
    found(
        "P TNEF: compressed rich text",
        c -> with(file, tnef(attribute(1, 0x69003, richText(c, false)))));
    found(
        "P TNEF: compressed rich text with references",
        c -> with(file, tnef(attribute(1, 0x69003, richText(c, true)))));
    found(
        "P TNEF: rich text that says that it is not compressed",
        c ->
            with(
                file,
                tnef(
                    attribute(
                        1, 0x69003, property(0x1009_0102L, "s".repeat(8) + "MELAcrc_" + c)))));
  }

  private static String property(long tag, String value) {
    return little(1, 4) + little(tag, 4) + little(1, 4) + padded(value);
  }

  private static String richText(String content, boolean references) {
    return property(0x1009_0102L, "s".repeat(8) + "LZFu" + "crc_" + lzfu(content, references));
  }

  /** As octets, or where it can be as references of two octets to what came before. */
  static String lzfu(String content, boolean references) {
    StringBuilder out = new StringBuilder();
    StringBuilder group = new StringBuilder();
    int kinds = 0;
    int count = 0;
    for (int at = 0; at <= content.length(); ) {
      int length = references ? Math.min(17, content.length() - at) : 0;
      int from = -1;
      for (; length >= 2 && from < 0; length -= from < 0 ? 1 : 0) {
        from = content.lastIndexOf(content.substring(at, at + length), at - length);
      }
      int reference = (from + 207) % 4096 << 4 | length - 2;
      if (at == content.length()) { // to where the next octet would go: that is the end
        kinds |= 1 << count;
        group.append(big((at + 207) % 4096 << 4));
        at++;
      } else if (from >= 0 && at - from < 4000) {
        kinds |= 1 << count;
        group.append(big(reference));
        at += length;
      } else {
        group.append(content.charAt(at++));
      }
      if (++count == 8 || at > content.length()) {
        out.append((char) kinds).append(group);
        group.setLength(0);
        kinds = 0;
        count = 0;
      }
    }
    return out.toString();
  }

  private static String big(int reference) {
    return String.valueOf((char) (reference >> 8)) + (char) (reference & 0xff);
  }
}
