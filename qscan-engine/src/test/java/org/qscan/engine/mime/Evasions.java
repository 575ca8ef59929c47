package org.qscan.engine.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.zip.Deflater;
import org.qscan.engine.testing.Mails;

/**
 * Mail that hides its content from some readers, by known tricks, generated around any content. The
 * groups are M01 to M13 of our list of required cases; T, D and C are what a reviewer who had not
 * read the reader has added: lines in text, documents, charsets; S/MIME.
 */
final class Evasions {

  private static final String B = "=_frontier";
  private static final String HEAD =
      "From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n";

  private final List<Evasion> all = new ArrayList<>();

  private Evasions() {}

  /**
   * A trick.
   *
   * @param name what it is
   * @param odd whether the shape alone is no mail program's, whatever is in it
   * @param around content, as octets, into a mail
   */
  record Evasion(String name, boolean odd, UnaryOperator<String> around) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Evasion> all() {
    Evasions evasions = new Evasions();
    evasions.plain();
    evasions.twoTypesOrEncodings();
    evasions.boundaries();
    evasions.foldsAndComments();
    evasions.structure();
    evasions.encodedContainers();
    evasions.separators();
    evasions.base64();
    evasions.quotedPrintable();
    evasions.encodings();
    evasions.runsInText();
    evasions.fieldNames();
    evasions.types();
    evasions.singleParts();
    evasions.linesInText();
    evasions.documents();
    evasions.charsets();
    evasions.secureMime();
    evasions.all.addAll(PackedEvasions.all());
    evasions.all.addAll(PieceEvasions.all());
    return evasions.all;
  }

  private void found(String name, UnaryOperator<String> around) {
    all.add(new Evasion(name, false, around));
  }

  private void odd(String name, UnaryOperator<String> around) {
    all.add(new Evasion(name, true, around));
  }

  /* What mails are made of. */

  static String base64(String content) {
    return Mails.base64(content).replace("\n", "\r\n") + "\r\n";
  }

  /** All in hexadecimal, so that nothing of it can be found without decoding. */
  static String quotedPrintable(String content) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < content.length(); i++) {
      out.append(String.format(Locale.ROOT, "=%02X", (int) content.charAt(i)));
      out.append(i % 20 == 19 ? "=\r\n" : "");
    }
    return out.append("\r\n").toString();
  }

  static String uuencode(String content) {
    return uuencode(content, 45) + "`\r\n";
  }

  private static String uuencode(String content, int length) {
    StringBuilder out = new StringBuilder();
    for (int at = 0; at < content.length(); at += length) {
      String line = content.substring(at, Math.min(content.length(), at + length));
      out.append(uu(line.length()));
      for (int i = 0; i < line.length(); i += 3) {
        int bits = octet(line, i) << 16 | octet(line, i + 1) << 8 | octet(line, i + 2);
        for (int shift = 18; shift >= 0; shift -= 6) {
          out.append(uu(bits >> shift & 63));
        }
      }
      out.append("\r\n");
    }
    return out.toString();
  }

  private static String higher(String lines) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < lines.length(); i++) {
      char c = lines.charAt(i);
      out.append(c < ' ' ? c : (char) (c + 64));
    }
    return out.toString();
  }

  private static int octet(String text, int at) {
    return at < text.length() ? text.charAt(at) : 0;
  }

  private static char uu(int value) {
    return value == 0 ? '`' : (char) (' ' + value);
  }

  static String yenc(String content) {
    StringBuilder out = new StringBuilder("=ybegin line=128 size=1 name=a.zip\r\n");
    for (int i = 0; i < content.length(); i++) {
      int octet = content.charAt(i) + 42 & 0xff;
      boolean critical = octet == 0 || octet == '\n' || octet == '\r' || octet == '=';
      out.append(critical ? "=" : "").append((char) (critical ? octet + 64 & 0xff : octet));
    }
    return out.append("\r\n=yend size=1\r\n").toString();
  }

  static String binhex(String content) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(Mails.octets("\u0005a.zip\0ZIP ABCD\0\0"));
    for (int shift = 24; shift >= 0; shift -= 8) {
      file.write(content.length() >> shift);
    }
    file.writeBytes(new byte[6]);
    file.writeBytes(Mails.octets(content));
    file.writeBytes(new byte[4]);
    String runs = file.toString(StandardCharsets.ISO_8859_1).replace("\u0090", "\u0090\0");
    String alphabet = "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";
    StringBuilder out = new StringBuilder(":");
    int bits = 0;
    int count = 0;
    for (int i = 0; i < runs.length(); i++) {
      bits = bits << 8 | runs.charAt(i);
      for (count += 8; count >= 6; count -= 6) {
        out.append(alphabet.charAt(bits >> (count - 6) & 63));
      }
      bits &= 0xff;
    }
    out.append(alphabet.charAt(bits << (6 - count) & 63)).append(':');
    StringBuilder lines = new StringBuilder();
    for (int at = 0; at < out.length(); at += 64) {
      lines.append(out, at, Math.min(out.length(), at + 64)).append("\r\n");
    }
    return "(This file must be converted with BinHex 4.0)\r\n\r\n" + lines;
  }

  private static String part(String header, String body) {
    return header + "\r\n" + body;
  }

  private static final String TEXT = "Content-Type: text/plain\r\n\r\nhello\r\n";
  private static final String ZIP = "Content-Type: application/zip\r\n";
  private static final String BASE64 = "Content-Transfer-Encoding: base64\r\n";
  private static final String QP = "Content-Transfer-Encoding: quoted-printable\r\n";

  private static String attachment(String content) {
    return part(ZIP + BASE64, base64(content));
  }

  private static String multipart(String type, String boundary, String... parts) {
    StringBuilder mail = new StringBuilder(HEAD).append(type).append("\r\n\r\n");
    for (String part : parts) {
      mail.append("--").append(boundary).append("\r\n").append(part);
    }
    return mail.append("--").append(boundary).append("--\r\n").toString();
  }

  private static String mixed(String... parts) {
    return multipart("Content-Type: multipart/mixed; boundary=\"" + B + "\"", B, parts);
  }

  /** A mail whose second part has this header and this body. */
  private static UnaryOperator<String> with(String header, UnaryOperator<String> body) {
    return content -> mixed(TEXT, part(ZIP + header, body.apply(content)));
  }

  /** A mail with this type field; its parts are between the lines of the boundary. */
  private static UnaryOperator<String> declared(String type, String boundary) {
    return content -> multipart(type, boundary, TEXT, attachment(content));
  }

  /* The tricks. */

  private void plain() {
    found("no trick, base64", content -> mixed(TEXT, attachment(content)));
    found("no trick, quoted-printable", with(QP, Evasions::quotedPrintable));
    found("no trick, LF", content -> mixed(TEXT, attachment(content)).replace("\r\n", "\n"));
  }

  private void twoTypesOrEncodings() {
    odd(
        "M01 Content-Type text, then multipart",
        declared("Content-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=x", "x"));
    odd(
        "M01 Content-Type multipart, then text",
        declared("Content-Type: multipart/mixed; boundary=x\r\nContent-Type: text/plain", "x"));
    odd("M01 base64, then quoted-printable", with(BASE64 + QP, Evasions::base64));
    odd("M01 quoted-printable, then base64", with(QP + BASE64, Evasions::base64));
    odd("M01 base64, but it is quoted", with(BASE64 + QP, Evasions::quotedPrintable));
    odd(
        "M01 a list of encodings",
        with("Content-Transfer-Encoding: base64, 7bit\r\n", Evasions::base64));
    odd(
        "M01 a quoted encoding",
        with("Content-Transfer-Encoding: \"base64\"\r\n", Evasions::base64));
    odd(
        "M01 an encoding with a comment",
        with("Content-Transfer-Encoding: ba(x)se64\r\n", Evasions::base64));
    found(
        "M01 7bit, but it is base64",
        with("Content-Transfer-Encoding: 7bit\r\n", Evasions::base64));
    found(
        "M01 7bit, but it is quoted-printable",
        with("Content-Transfer-Encoding: 7bit\r\n", Evasions::quotedPrintable));
    odd("M01 base64, but it is quoted-printable", with(BASE64, Evasions::quotedPrintable));
  }

  private void boundaries() {
    String mixed = "Content-Type: multipart/mixed; ";
    odd("M02 two boundaries, first", declared(mixed + "boundary=good; boundary=bad", "good"));
    odd("M02 two boundaries, second", declared(mixed + "boundary=bad; boundary=good", "good"));
    odd("M02 in pieces", declared(mixed + "boundary*0=go; boundary*1=od", "good"));
    odd("M02 with escapes", declared(mixed + "boundary*=us-ascii''%67ood", "good"));
    odd("M02 half quoted", declared(mixed + "boundary=\"good", "good"));
    odd("M02 partly quoted", declared(mixed + "boundary=go\"od\"", "good"));
    odd("M02 with a backslash", declared(mixed + "boundary=\"go\\od\"", "good"));
    odd("M02 empty", declared(mixed + "boundary=\"\"", ""));
    odd("M02 missing", declared("Content-Type: multipart/mixed", "good"));
    odd("M02 too long", declared(mixed + "boundary=" + "x".repeat(80), "x".repeat(80)));
    odd("M02 with a blank at its end", declared(mixed + "boundary=\"good \"", "good "));
    odd("M02 with a semicolon", declared(mixed + "boundary=\"go;od\"", "go;od"));
    odd("M02 with a NUL", declared(mixed + "boundary=\"go\0od\"", "go\0od"));
    odd("M02 as an encoded word", declared(mixed + "boundary=\"=?us-ascii?q?good?=\"", "good"));
    odd("M02 with a comment", declared(mixed + "boundary=go(x)od", "good"));
    odd("M02 key with a backslash", declared(mixed + "bound\\ary=good", "good"));
  }

  private void foldsAndComments() {
    odd(
        "M03 in the Content-Disposition",
        declared(
            "Content-Type: multipart/mixed\r\nContent-Disposition: inline; boundary=good", "good"));
    odd(
        "M03 a comment in the type",
        declared("Content-Type: multi(x)part/mixed; boundary=good", "good"));
    odd(
        "M03 a blank in the type",
        declared("Content-Type: multipart /mixed; boundary=good", "good"));
    odd(
        "M03 a fold before the equals sign",
        declared("Content-Type: multipart/mixed; boundary\r\n =good", "good"));
    found(
        "M03 a fold behind the colon",
        declared("Content-Type:\r\n multipart/mixed; boundary=good", "good"));
    found(
        "M03 a fold of nothing but blanks",
        declared("Content-Type: multipart/mixed;\r\n \r\n boundary=good", "good"));
    odd(
        "M03 a fold within quotes",
        declared("Content-Type: multipart/mixed; boundary=\"go\r\n od\"", "go od"));
  }

  private void structure() {
    found(
        "M04 the inner boundary is the outer",
        content ->
            mixed(
                TEXT,
                "Content-Type: multipart/mixed; boundary=\""
                    + B
                    + "\"\r\n\r\n--"
                    + B
                    + "\r\n"
                    + attachment(content)));
    found(
        "M04 the inner boundary begins like the outer",
        content ->
            mixed(
                TEXT,
                "Content-Type: multipart/mixed; boundary=\""
                    + B
                    + "2\"\r\n\r\n--"
                    + B
                    + "2\r\n"
                    + attachment(content)
                    + "--"
                    + B
                    + "2--\r\n"));
    found(
        "M04 the outer is closed early",
        content ->
            mixed(TEXT).replaceFirst("--\r\n$", "--\r\n--" + B + "\r\n") + attachment(content));
    found(
        "M04 a part in the preamble",
        content ->
            mixed(TEXT)
                .replaceFirst("--" + B, "--other\r\n" + quote(attachment(content)) + "--" + B));
    found("M04 base64 in the epilogue", content -> mixed(TEXT) + base64(content));
    found(
        "M04 base64 in the preamble",
        content -> mixed(TEXT).replaceFirst("--" + B, quote(base64(content)) + "--" + B));
    found(
        "M04 never closed",
        content -> mixed(TEXT, attachment(content)).replaceFirst("--" + B + "--\r\n$", ""));
    found(
        "M04 a boundary that nobody declared",
        content -> Mails.plain("hello\r\n--other\r\n" + attachment(content) + "--other--\r\n"));
    found(
        "M04 text behind a boundary line",
        content ->
            mixed(TEXT, attachment(content)).replace("--" + B + "\r\n", "--" + B + " x\r\n"));
  }

  private static String quote(String text) {
    return java.util.regex.Matcher.quoteReplacement(text);
  }

  private void encodedContainers() {
    odd(
        "M05 multipart in base64",
        content ->
            HEAD
                + BASE64
                + "Content-Type: multipart/mixed; boundary=x\r\n\r\n"
                + base64("--x\r\n" + attachment(content) + "--x--\r\n"));
    odd(
        "M05 multipart that says base64 and is not",
        declared(BASE64 + "Content-Type: multipart/mixed; boundary=x", "x"));
    found(
        "M05 message in base64",
        content ->
            mixed(
                part(
                    "Content-Type: message/rfc822\r\n" + BASE64,
                    base64(mixed(attachment(content))))));
    found(
        "M05 message in quoted-printable",
        content ->
            mixed(
                part(
                    "Content-Type: message/rfc822\r\n" + QP,
                    quotedPrintable(mixed(attachment(content))))));
    found(
        "M05 message in message in message",
        content ->
            mixed(
                part(
                    "Content-Type: message/rfc822\r\n",
                    mixed(
                        part(
                            "Content-Type: message/rfc822\r\n",
                            HEAD + ZIP + BASE64 + "\r\n" + base64(content))))));
  }

  private void separators() {
    for (String end : List.of("\r", "\n\r", "\r\r\n", "\0\r\n", "\u000b\r\n", " \r\n")) {
      boolean control = !end.equals("\r\r\n") && !end.equals(" \r\n") && !end.equals("\n\r");
      all.add(
          new Evasion(
              "M06 header ends with CRLF and " + LogNames.of(end),
              control,
              content -> mixed(TEXT, ZIP + BASE64 + end + base64(content))));
    }
    found("M06 no end of the header", content -> mixed(TEXT, ZIP + BASE64 + base64(content)));
    found(
        "M06 fields behind the end of the header",
        content -> mixed(TEXT, "\r\n" + ZIP + BASE64 + "\r\n" + base64(content)));
    odd(
        "M06 a field behind a CR",
        content ->
            mixed(
                TEXT,
                "Content-Type: application/zip\rContent-Transfer-Encoding: base64\r\n\r\n"
                    + base64(content)));
  }

  private void base64() {
    found("M07 blank lines", with(BASE64, content -> base64(content).replace("\r\n", "\r\n\r\n")));
    found("M07 one line", with(BASE64, content -> base64(content).replace("\r\n", "") + "\r\n"));
    found(
        "M07 a long line",
        with(BASE64, content -> base64("\0".repeat(0) + content).replace("\r\n", "") + "\r\n"));
    found(
        "M07 blanks in between", with(BASE64, content -> base64(content).replaceAll("(.)", "$1 ")));
    for (int width = 1; width <= 5; width++) {
      String every = "(.{" + width + "})";
      found(
          "M07 lines of " + width,
          with(BASE64, content -> base64(content).replace("\r\n", "").replaceAll(every, "$1\r\n")));
    }
    odd(
        "M07 colons in between",
        with(
            BASE64,
            content -> base64(content).replaceAll("([^\r\n])", "$1:") + "A".repeat(32) + "\r\n"));
    odd(
        "M07 comments in lines",
        with(BASE64, content -> base64(content).replaceFirst("^(.{8})", "$1#junk#junk\r\n")));
    odd("M07 padding in front", with(BASE64, content -> "====" + base64(content)));
    odd(
        "M07 padding within",
        with(BASE64, content -> base64(content).replaceFirst("^(.{10})", "$1=")));
    odd("M07 a stream before", with(BASE64, content -> "QUJDRA==\r\n" + base64(content)));
    found("M07 no padding", with(BASE64, content -> base64(content).replace("=", "")));
    found(
        "M07 too much padding",
        with(BASE64, content -> base64(content).replaceFirst("=*\r\n$", "====\r\n")));
    found(
        "M07 junk of three before a blank line",
        with(BASE64, content -> "ABC\r\n\r\n" + base64(content)));
    found(
        "M07 text before", with(BASE64, content -> "See below, please.\r\n\r\n" + base64(content)));
    found(
        "M07 text behind",
        with(BASE64, content -> base64(content) + "\r\nGreetings from a list.\r\n"));
    found("M07 BASE64", with("CONTENT-TRANSFER-ENCODING: BASE64\r\n", Evasions::base64));
  }

  private void quotedPrintable() {
    found(
        "M08 blanks behind soft breaks",
        with(QP, content -> quotedPrintable(content).replace("=\r\n", "= \t\r\n")));
    found(
        "M08 soft breaks of LF",
        with(QP, content -> quotedPrintable(content).replace("=\r\n", "=\n")));
    found(
        "M08 soft breaks of CR",
        with(QP, content -> quotedPrintable(content).replace("=\r\n", "=\r")));
    found(
        "M08 small letters",
        with(QP, content -> quotedPrintable(content).toLowerCase(Locale.ROOT)));
    found("M08 no soft breaks", with(QP, content -> quotedPrintable(content).replace("=\r\n", "")));
    odd(
        "M08 escapes that are none",
        with(
            QP, content -> quotedPrintable(content).replace("=", "=0X=").replace("=0X=\r", "=\r")));
    odd(
        "M08 equals signs twice",
        with(QP, content -> quotedPrintable(content).replaceAll("=([0-9A-F])", "==$1")));
  }

  private void encodings() {
    odd("M09 base645", with("Content-Transfer-Encoding: base645\r\n", Evasions::base64));
    odd("M09 x-base64", with("Content-Transfer-Encoding: x-base64\r\n", Evasions::base64));
    for (String name : List.of("x-uuencode", "uuencode", "x-uue")) {
      odd(
          "M09 " + name + " without its lines",
          with("Content-Transfer-Encoding: " + name + "\r\n", Evasions::uuencode));
    }
    odd("M09 yenc", with("Content-Transfer-Encoding: x-yencode\r\n", Evasions::yenc));
    odd("M09 binhex", with("Content-Transfer-Encoding: mac-binhex40\r\n", Evasions::binhex));
  }

  private void runsInText() {
    found(
        "M10 uuencode in text",
        content ->
            Mails.plain("hello\r\n\r\nbegin 644 a.zip\r\n" + uuencode(content) + "end\r\nbye\r\n"));
    found(
        "M10 two of one name",
        content ->
            Mails.plain(
                "begin 644 a\r\n"
                    + uuencode("harmless")
                    + "end\r\nbegin 644 a\r\n"
                    + uuencode(content)
                    + "end\r\n"));
    found(
        "M10 uuencode without end",
        content -> Mails.plain("begin 644 a.zip\r\n" + uuencode(content)));
    found(
        "M10 begin-base64",
        content -> Mails.plain("begin-base64 644 a.zip\r\n" + base64(content) + "====\r\n"));
    found(
        "M10 bare base64",
        content -> Mails.plain("hello you, there.\r\n" + base64(content) + "and bye.\r\n"));
    found("M10 yEnc in text", content -> Mails.plain("hello\r\n" + yenc(content) + "bye\r\n"));
    found("M10 BinHex in text", content -> Mails.plain("hello\r\n" + binhex(content) + "bye\r\n"));
  }

  private void fieldNames() {
    odd(
        "M11 a blank before the colon",
        with("Content-Transfer-Encoding : base64\r\n", Evasions::base64));
    odd(
        "M11 a tab before the colon",
        with("Content-Transfer-Encoding\t: base64\r\n", Evasions::base64));
    odd(
        "M11 a NUL before the colon",
        with("Content-Transfer-Encoding\0: base64\r\n", Evasions::base64));
    odd("M11 no colon", with("Content-Transfer-Encoding base64\r\n", Evasions::base64));
    odd(
        "M11 an odd octet in the name",
        with("Content\u0080-Transfer-Encoding: base64\r\n", Evasions::base64));
    found(
        "M11 the first field begins with a blank",
        content -> " X-Odd: x\r\n" + mixed(TEXT, attachment(content)));
  }

  private void types() {
    odd(
        "M12 message/partial",
        content ->
            HEAD
                + "Content-Type: message/partial; number=2; total=2; id=\"x\"\r\n\r\n"
                + base64(content));
    found(
        "M12 message/global",
        content -> mixed(part("Content-Type: message/global\r\n", mixed(attachment(content)))));
    found(
        "M12 message/external-body",
        content ->
            mixed(
                part(
                    "Content-Type: message/external-body; access-type=local-file\r\n",
                    ZIP + BASE64 + "\r\n" + base64(content))));
    found(
        "M12 multipart/digest",
        content ->
            multipart(
                "Content-Type: multipart/digest; boundary=x",
                "x",
                "\r\n" + mixed(attachment(content))));
    found(
        "M12 multipart/signed",
        content ->
            multipart(
                "Content-Type: multipart/signed; boundary=x", "x", attachment(content), TEXT));
    found(
        "M12 opaque S/MIME",
        content ->
            HEAD
                + "Content-Type: application/pkcs7-mime; name=smime.p7m\r\n"
                + BASE64
                + "\r\n"
                + base64(content));
  }

  private void singleParts() {
    found(
        "M13 no MIME-Version",
        content -> mixed(TEXT, attachment(content)).replace("MIME-Version: 1.0\r\n", ""));
    found(
        "M13 the type in a field of its own",
        content ->
            multipart("X-Type: multipart/mixed; boundary=good", "good", TEXT, attachment(content)));
    found("M13 a single part", content -> HEAD + ZIP + BASE64 + "\r\n" + base64(content));
    found(
        "M13 a mailbox",
        content ->
            "From a@example.org Sun Nov 22 12:00:00 2026\r\n" + mixed(TEXT, attachment(content)));
    found("M13 no header at all", Evasions::base64);
    found("M13 nothing but content, as it is", content -> HEAD + "\r\n" + content);
  }

  /** Before each line. */
  private static String prefixed(String prefix, String lines) {
    return lines
        .replaceAll("(?m)^", java.util.regex.Matcher.quoteReplacement(prefix))
        .replaceFirst(java.util.regex.Pattern.quote(prefix) + "$", "");
  }

  private static String uuFile(String content) {
    return "begin 644 a.zip\r\n" + uuencode(content) + "end\r\n";
  }

  /** The other alphabet of six bits a character. */
  static String xxencode(String content) {
    String alphabet = "+-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    StringBuilder out = new StringBuilder();
    String lines = uuencode(content);
    for (int i = 0; i < lines.length(); i++) {
      char c = lines.charAt(i);
      out.append(c < ' ' ? c : alphabet.charAt(c - ' ' & 63));
    }
    return out.toString();
  }

  /** Blanks for zeros, none of them at line ends, and a checksum that nobody asks for. */
  private static String ragged(String content) {
    return uuencode(content).replace('`', ' ').replaceAll("(?m) +(\r)$", "$1");
  }

  private void linesInText() {
    for (String prefix : List.of("> ", ">", "> > ", "| ", "X", "\t", "    ")) {
      found(
          "T uuencode behind \"" + prefix + "\"",
          content -> Mails.plain("hello\r\n" + prefixed(prefix, uuFile(content)) + "bye\r\n"));
    }
    found(
        "T base64 behind \"> \"",
        content ->
            Mails.plain("hello\r\n" + prefixed("> ", base64(content)) + "and bye, you.\r\n"));
    found(
        "T a shell archive",
        content ->
            Mails.plain(
                "#! /bin/sh\r\nsed 's/^X//' << 'SHAR_EOF' | uudecode &&\r\n"
                    + prefixed("X", uuFile(content))
                    + "SHAR_EOF\r\nexit 0\r\n"));
    found(
        "T ragged uuencode",
        content -> Mails.plain("begin\t00644 my file.zip\r\n" + ragged(content) + " \r\nEnd\r\n"));
    found(
        "T flowed uuencode",
        content ->
            "Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\nhello\r\n"
                + prefixed(" ", uuFile(content).replaceAll("(?m)^(M.{30})", "$1 \r\n")));
    found(
        "T uuencode with lengths whose higher bits are others",
        content ->
            Mails.plain(
                "begin 644 a.zip\r\n"
                    + uuencode(content, 20).replaceAll("(?m)^4", "t")
                    + "`\r\nend\r\n"));
    found(
        "T uuencode that is all in characters with higher bits",
        content ->
            mixed(
                part(
                    "Content-Type: text/plain\r\n" + BASE64,
                    base64("begin 644 a.zip\r\n" + higher(uuencode(content)) + "`\r\nend\r\n"))));
    found(
        "T xxencode",
        content -> Mails.plain("begin 644 a.zip\r\n" + xxencode(content) + "+\r\nend\r\n"));
    found(
        "T BinHex behind a beginning of BinHex",
        content ->
            Mails.plain("hello\r\n:" + "!".repeat(40) + "\r\n" + binhex(content) + "bye\r\n"));
    found(
        "T base64 with eighth bits",
        with(BASE64, content -> everySecond(base64(content)) + "bye\r\n"));
  }

  private static String everySecond(String text) {
    StringBuilder out = new StringBuilder(text);
    for (int i = 0; i < out.length(); i += 2) {
      out.setCharAt(i, (char) (out.charAt(i) > '=' ? out.charAt(i) | 0x80 : out.charAt(i)));
    }
    return out.toString();
  }

  private static String typed(String type, String body) {
    return mixed(TEXT, part("Content-Type: " + type + "\r\n", body));
  }

  private static String percent(String content) {
    return quotedPrintable(content).replace("=\r\n", "").replace('=', '%').strip();
  }

  private void secureMime() {
    String type = "Content-Type: application/pkcs7-mime; name=smime.p7m\r\n" + BASE64;
    for (int length : new int[] {1, 100, 1000}) {
      found(
          "S/MIME, signed, in segments of " + length,
          content -> mixed(part(type, base64(signed(segments(inner(content), length))))));
    }
    found(
        "S/MIME, signed, in one string",
        content -> mixed(part(type, base64(signed(string(inner(content)))))));
    found(
        "S/MIME, compressed, in segments",
        content -> mixed(part(type, base64(compressed(segments(zlib(inner(content)), 50))))));
  }

  private static String inner(String content) {
    return multipart(
        "Content-Type: multipart/mixed; boundary=inner", "inner", TEXT, attachment(content));
  }

  /** The beginning of a SignedData of indefinite length; its content; certificates. */
  static String signed(String content) {
    return "0\u0080\u0006\t*\u0086H\u0086\u00f7\r\u0001\u0007\u0002\u00a0\u00800\u0080"
        + "\u0002\u0001\u00011\u000f0\r\u0006\t`\u0086H\u0001e\u0003\u0004\u0002\u0001\u0005\0"
        + data(content)
        + "\u00a0\u00040\u0082\u0004\u00a40\u0082\u0003\u008c";
  }

  private static String compressed(String content) {
    return "0\u0080\u0006\u000b*\u0086H\u0086\u00f7\r\u0001\t\u0010\u0001\t\u00a0\u00800\u0080"
        + "\u0002\u0001\00\r\u0006\u000b*\u0086H\u0086\u00f7\r\u0001\t\u0010\u0003\u0008"
        + data(content);
  }

  private static String data(String content) {
    return "0\u0080\u0006\t*\u0086H\u0086\u00f7\r\u0001\u0007\u0001\u00a0\u0080"
        + content
        + "\0\0\0\0";
  }

  private static String segments(String content, int length) {
    StringBuilder out = new StringBuilder("$\u0080");
    for (int at = 0; at < content.length(); at += length) {
      out.append(string(content.substring(at, Math.min(content.length(), at + length))));
    }
    return out.append("\0\0").toString();
  }

  static String string(String content) {
    int length = content.length();
    return length < 128
        ? "\u0004" + (char) length + content
        : "\u0004\u0082" + (char) (length >> 8) + (char) (length & 255) + content;
  }

  private static String zlib(String content) {
    Deflater deflater = new Deflater();
    deflater.setInput(Mails.octets(content));
    deflater.finish();
    byte[] octets = new byte[content.length() + 1000];
    int length = deflater.deflate(octets);
    deflater.end();
    return new String(octets, 0, length, StandardCharsets.ISO_8859_1);
  }

  private void documents() {
    found(
        "D a Word document in one XML file, base64 between its tags",
        content ->
            typed(
                "application/xml",
                "<?xml version=\"1.0\"?>\n<pkg:package><pkg:binaryData>"
                    + base64(content).replace("\r\n", "")
                    + "</pkg:binaryData></pkg:package>"));
    found(
        "D a list of URIs",
        content -> typed("text/uri-list", "data:application/zip," + percent(content) + "\r\n"));
    UnaryOperator<String> uri =
        content ->
            "data:application/octet-stream;base64," + base64(content).replace("\r\n", "\r\n\t");
    found(
        "D a data URI in HTML",
        content ->
            typed("text/html", "<html><a href=\"" + uri.apply(content) + "\">x</a></html>\r\n"));
    found(
        "D a data URI with references",
        content ->
            typed(
                "text/html",
                "<p><a href='"
                    + uri.apply(content)
                        .replace("data:", "&#100;at&#x61;&colon;")
                        .replace("T", "&#84;")
                    + "'>x</a></p>\r\n"));
    found(
        "D a data URI in HTML in base64 that says nothing",
        content ->
            mixed(part(BASE64, base64("<!DOCTYPE html>\n<img src=" + uri.apply(content) + ">\n"))));
    found(
        "D a data URI behind a data URI",
        content ->
            typed("text/html", "<p>data: data:,x \"data:" + uri.apply(content) + "\"</p>\r\n"));
    found(
        "D a percent-encoded URI in SVG",
        content ->
            typed(
                "image/svg+xml",
                "<svg><a href=\"data:application/x," + percent(content) + "\"/></svg>\r\n"));
    found(
        "D a URI of entities in SVG",
        content -> {
          String code = base64(content).replace("\r\n", "");
          return svg(
              "<!ENTITY a \"data:application/x;base64\"><!ENTITY the-second.name_of_it ',"
                  + code.substring(0, code.length() / 2)
                  + "'><!ENTITY c \""
                  + code.substring(code.length() / 2)
                  + "\">",
              "&a;&the-second.name_of_it;&c;");
        });
    found(
        "D entities of entities in SVG",
        content -> {
          String code = base64(content).replace("\r\n", "");
          return svg(
              "<!ENTITY d \"&#38;a;&b;\"> <!ENTITY a 'da&#x26;ta;'><!ENTITY ta \"ta:;bas\">"
                  + "<!ENTITY % x '<!ENTITY b \"e64,"
                  + code
                  + "\">'>%x;",
              "&d;");
        });
    found(
        "D a URI in an entity, behind what begins like one",
        content ->
            svg(
                "<!--data:x--><?y data:<?>data:,<!ENTITY a SYSTEM \"b\"><!ENTITY\r\n\tc\r\n"
                    + "'data:a/b;base64,"
                    + base64(content)
                    + "'>",
                "&a;&c;"));
    found(
        "D an entity, declared behind what is only like a declaration",
        content ->
            typed(
                "image/svg+xml",
                "<!DOCTYPE svg SYSTEM \"<!entity\"[<!ENTITY % a 'x'><!ENTITY a \"data:a/b;base64,"
                    + base64(content)
                    + "\"> <!ENTITY h 'hr'>]><svg><a &h;ef='&a;'/></svg>\r\n"));
    found(
        "D an entity, with what is no reference",
        content -> {
          String code = base64(content).replace("\r\n", "");
          return svg(
              "<!ENTITY n '"
                  + "&#;".repeat(130)
                  + "'><!ENTITY a 'data:a/b;ba'><!ENTITY b \"se64,"
                  + code
                  + "\">",
              "&a;&b;");
        });
    found(
        "D entities in the string of a script",
        content -> {
          String code = base64(content).replace("\r\n", "");
          return typed(
              "image/svg+xml",
              "<!DOCTYPE svg [<!ENTITY a \""
                  + code.substring(0, code.length() / 2)
                  + "\"><!ENTITY b '"
                  + code.substring(code.length() / 2)
                  + "'>]><svg><script>atob('&a;&b;')</script></svg>\r\n");
        });
    for (String use :
        List.of(
            "<script>!entity\r\natob('%s')</script>",
            "<a b=\"!entity&x;\" href=\"data:;base64,%s\"/>",
            "<style>/*!entity*/x{b:url(data:;base64,%s)}</style>")) {
      found(
          "D entities behind '!entity' in " + use.substring(0, 3),
          content ->
              typed(
                  "image/svg+xml",
                  "<!DOCTYPE svg [<!ENTITY a \""
                      + base64(content).replace("\r\n", "")
                      + "\"><!ENTITY x 'y'>]><svg>"
                      + use.replace("%s", "&a;").replace("data:", "d&#97;ta:")
                      + "</svg>\r\n"));
    }
    for (String before :
        List.of("", "URL=", "x=\"", "[InternetShortcut]\r\nURL=", "Content\r\n ")) {
      found(
          "D a file that is a URI, behind '" + before.replace("\r\n", " ") + "'",
          content ->
              Mails.multipart(
                  "Content-Type: application/octet-stream; name=a.url\r\n"
                      + "Content-Transfer-Encoding: base64\r\n\r\n"
                      + base64(before + "data:a/b;base64," + base64(content).replace("\r\n", ""))));
    }
    found(
        "D a URI in what only XML would take for the name of an entity",
        content ->
            typed(
                "text/html",
                "<a title=!entity href=data:a/b;base64,"
                    + base64(content).replace("\r\n", "")
                    + ">x</a>\r\n"));
    found(
        "D a URI with references that the document declares, where nobody asks it",
        content ->
            typed(
                "text/html",
                "<!ENTITY colon 'x'><!ENTITY #100 'x'><a href=\"&#100;ata&colon;a/b;base64,"
                    + base64(content)
                    + "\">x</a>\r\n"));
    found(
        "D base64 in the strings of a script",
        content ->
            typed(
                "text/html",
                "<script>don't; var s=\""
                    + base64(content).replace("\r\n", "\" +\r\n \"")
                    + "\";atob(s)</script>\r\n"));
    found(
        "D a calendar, folded",
        content ->
            typed(
                "text/calendar",
                "BEGIN:VCALENDAR\r\nUID:1\r\n"
                    + folded(
                        "ATTACH;ENCODING=BASE64;VALUE=BINARY:"
                            + base64(content).replace("\r\n", ""))
                    + "END:VCALENDAR\r\n"));
    for (int width : new int[] {5, 6, 10, 11, 13, 17, 20, 21, 25, 26, 39, 40, 75}) {
      found(
          "D a data URI in the HTML of a calendar's property, folded to " + width,
          content ->
              typed(
                  "text/calendar",
                  "BEGIN:VCALENDAR\r\n"
                      + folded(
                          width,
                          "X-ALT-DESC;FMTTYPE=text/html:<a href=\"data:a/b\\;base64\\,"
                              + base64(content).replace("\r\n", "")
                              + "\">x</a>")
                      + "END:VCALENDAR\r\n"));
    }
    found(
        "D a data URI behind more of a header's field than is held",
        content ->
            mixed(
                part(
                    "Content-Type: application/zip\r\nX-Mozilla-External-Attachment-URL: "
                        + " ".repeat(17_000)
                        + "data:application/zip;base64,"
                        + base64(content).strip().replace("\r\n", "")
                        + "\r\n",
                    "You deleted an attachment from this message.\r\n")));
    found(
        "D a data URI behind more lines of a header's field than are held",
        content ->
            mixed(
                part(
                    "Content-Type: application/zip\r\nX-Mozilla-External-Attachment-URL: "
                        + ("x".repeat(8_000) + "\r\n ").repeat(9)
                        + "data:application/zip;base64,"
                        + base64(content).strip().replace("\r\n", "")
                        + "\r\n",
                    "You deleted an attachment from this message.\r\n")));
    found(
        "D a data URI in a field of a header",
        content ->
            mixed(
                part(
                    "Content-Type: application/zip\r\nX-Mozilla-External-Attachment-URL: "
                        + "data:application/zip;base64,\r\n "
                        + base64(content).strip().replace("\r\n", "\r\n ")
                        + "\r\n",
                    "You deleted an attachment from this message.\r\n")));
    found(
        "D a card, folded",
        content ->
            Mails.plain(
                "BEGIN:VCARD\r\n"
                    + folded("PHOTO:data:a/b;base64\\," + base64(content).replace("\r\n", ""))
                    + "END:VCARD\r\n"));
  }

  private static String svg(String declarations, String link) {
    return typed(
        "image/svg+xml",
        "<?xml version=\"1.0\"?>\r\n<!DOCTYPE svg [\r\n"
            + declarations
            + "\r\n]>\r\n<svg xmlns=\"http://www.w3.org/2000/svg\"><a href=\""
            + link
            + "\"/></svg>\r\n");
  }

  private static String folded(String line) {
    return folded(11, line);
  }

  /** In lines of so many octets. */
  private static String folded(int width, String line) {
    return line.replaceAll("(.{" + width + "})", "$1\r\n ") + "\r\n";
  }

  private static String utf16(String text, boolean bigEnd) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append(bigEnd ? "\0" + c : c + "\0");
    }
    return out.toString();
  }

  /** All of it shifted. */
  private static String utf7(String text) {
    return "+" + Mails.base64(utf16(text, true)).replace("\n", "").replace("=", "") + "-\r\n";
  }

  private void charsets() {
    found(
        "C HTML in ISO-2022-JP with escapes to what it is in already",
        content ->
            typed(
                "text/html; charset=iso-2022-jp",
                "<a href=\"da\u001b(Bta:a/b;bas\u001b(Be64,"
                    + base64(content).replaceAll("(.{7})", "$1\u001b(B")
                    + "\">x</a>"));
    found(
        "C HTML in ISO-2022-KR with shifts in and out",
        content ->
            typed(
                "text/html; charset=iso-2022-kr",
                "\u001b$)C<a href=\"data:a/b;bas\u000e\u000fe64," + base64(content) + "\">x</a>"));
    found(
        "C uuencode in UTF-16 in base64",
        content ->
            mixed(
                part(
                    "Content-Type: text/plain; charset=utf-16le\r\n" + BASE64,
                    base64(utf16("hello\r\n" + uuFile(content), false)))));
    found(
        "C a mail in UTF-16 that says nothing",
        content ->
            mixed(part(ZIP + BASE64, base64(utf16(mixed(TEXT, attachment(content)), true)))));
    found(
        "C a mail in UTF-16 with a mark",
        content ->
            mixed(
                part(
                    ZIP + BASE64,
                    base64(
                        "\u00ff\u00fe" + utf16(":\u00e4" + mixed(attachment(content)), false)))));
    found(
        "C HTML in UTF-7",
        content ->
            typed(
                "text/html; charset=\"utf-7\"",
                utf7("<a href=\"data:a/b;base64," + base64(content) + "\">x</a>")));
    found(
        "C HTML in UTF-7 in quoted-printable",
        content ->
            mixed(
                part(
                    "Content-Type: text/html; charset=UNICODE-1-1-UTF-7\r\n" + QP,
                    quotedPrintable(
                        utf7("<a href=\"data:a/b;base64," + base64(content) + "\">x</a>")))));
    found(
        "C HTML in EBCDIC",
        content ->
            mixed(
                part(
                    "Content-Type: text/html; charset=IBM037\r\n" + BASE64,
                    base64(
                        new String(
                            ("<a href=\"data:a/b;base64," + base64(content) + "\">x</a>")
                                .getBytes(java.nio.charset.Charset.forName("IBM037")),
                            StandardCharsets.ISO_8859_1)))));
  }

  /** Names for line ends. */
  private static final class LogNames {
    static String of(String end) {
      return end.replace("\r", "CR ")
          .replace("\n", "LF ")
          .replace("\0", "NUL ")
          .replace("\u000b", "VT ");
    }
  }
}
