package org.qscan.engine.plain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.testing.ordinary.OrdinaryMails;

/** Each point of the grammar, and each kind of mail in which ClamAV misses what readers see. */
class PlainGrammarTest {

  private static final String TOP =
      "Received: from a by b\nFrom: a@example.org\nMIME-Version: 1.0\n";
  private static final String ZIP =
      Base64.getMimeEncoder(76, new byte[] {'\n'})
          .encodeToString(
              "PK\3\4 not quite a zip, and long enough for two lines of it all"
                  .getBytes(StandardCharsets.ISO_8859_1));

  private static final String FILE =
      "Content-Type: application/zip; name=\"a.zip\"\n"
          + "Content-Disposition: attachment; filename=\"a.zip\"\n"
          + "Content-Transfer-Encoding: base64\n\n"
          + ZIP
          + "\n";

  private static final String TEXT = "Content-Type: text/plain; charset=utf-8\n\nHello\n";

  private static Plainness of(String mail) {
    byte[] octets = Mails.octets(mail);
    return PlainGrammar.of(octets, octets.length);
  }

  private static String mixed(String... parts) {
    return multipart("multipart/mixed", parts);
  }

  private static String multipart(String type, String... parts) {
    StringBuilder text = new StringBuilder(TOP);
    text.append("Content-Type: ").append(type).append("; boundary=\"xx\"\n\n");
    for (String part : parts) {
      text.append("--xx\n").append(part);
    }
    return text.append("--xx--\n").toString();
  }

  private static String leaf(String fields, String body) {
    return TOP + fields + "\n\n" + body;
  }

  private static String base64(String body) {
    return leaf("Content-Transfer-Encoding: base64", body);
  }

  private static String quoted(String body) {
    return leaf("Content-Transfer-Encoding: quoted-printable", body);
  }

  private static String nested(int depth) {
    String part = TEXT;
    for (int i = 0; i < depth; i++) {
      String boundary = "n" + i + "n";
      part =
          "Content-Type: multipart/mixed; boundary="
              + boundary
              + "\n\n--"
              + boundary
              + "\n"
              + part
              + "--"
              + boundary
              + "--\n";
    }
    return TOP + part;
  }

  static List<String> plain() {
    return List.of(
        TOP + "\nHello\n",
        TOP + "\n",
        (TOP + "\nHello\n").replace("\n", "\r\n"),
        mixed(TEXT, FILE),
        mixed(FILE, TEXT),
        mixed("X-Header: at least one field\n\nno type\n", FILE + "\n\n"),
        multipart("multipart/alternative", TEXT, TEXT.replace("plain", "html"), FILE),
        multipart(
            "multipart/report; report-type=delivery-status",
            TEXT,
            "Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822;a@b\n"),
        mixed(TEXT, "Content-Type: message/rfc822\n\n" + TOP.replace("MIME", "Mime") + TEXT),
        mixed(TEXT).replace("\n\n--xx", "\n\nThis is a multi-part message in MIME format.\n\n--xx"),
        mixed(TEXT)
            .replace(
                "\n\n--xx",
                "\n\n  This message is in MIME format.  The first part should"
                    + " be readable text,\n  while the remaining parts are likely unreadable without"
                    + " MIME-aware tools.\n\n--xx"),
        mixed(TEXT) + "\n\n",
        nested(6),
        base64("QUJD\nREVG\nRw==\n\n"),
        base64(""),
        quoted("a=3Db=\nc \td\n=C3=BC\n"),
        leaf("Content-Type: text/plain;\n\tcharset=\"ISO-8859-15\"; format=flowed", "a\n"),
        leaf(
            "Content-Type: text/plain; charset=windows-1252\nContent-Transfer-Encoding: 8BIT",
            "\u00fc\n"),
        leaf("Content-Type: text/plain", "call +49 301234-56, +A is a grade\n-- \nLena\n"),
        leaf(
            "Content-Type: application/pdf; name*0*=utf-8''a%20; name*1*=b.pdf\n"
                + "Content-Disposition: inline;\n filename*=utf-8''a%20b.pdf",
            "%PDF-1.4\n"));
  }

  @ParameterizedTest
  @MethodSource("plain")
  void plainMailIsPlain(String mail) {
    assertThat(of(mail).isPlain()).as(mail).isTrue();
    assertThat(of(mail).inWords()).isEqualTo("plain");
  }

  private static Arguments odd(Oddity oddity, String mail) {
    return Arguments.of(oddity, mail);
  }

  static Stream<Arguments> odd() {
    String text = TOP + "\nHello\n";
    return Stream.of(
        // 1
        odd(Oddity.LINE_ENDS, text + "a\r\n"),
        odd(Oddity.LINE_ENDS, text.replace("Hello", "Hel\rlo")),
        odd(Oddity.LINE_ENDS, text + "no end"),
        odd(Oddity.NUL, text + "\0\n"),
        odd(Oddity.LONG_LINE, text + "a".repeat(999) + "\n"),
        // 2
        odd(Oddity.HEADER_LINE, "\nHello\n"),
        odd(Oddity.HEADER_LINE, " fold first\n" + text),
        odd(Oddity.HEADER_LINE, "From a@example.org Mon Nov 30\n" + text),
        odd(Oddity.HEADER_LINE, TOP + "Subject : a\n\nHello\n"),
        odd(Oddity.HEADER_LINE, TOP + "Subject: a\n \nContent-Type: text/html\n\nHello\n"),
        odd(Oddity.HEADER_LINE, TOP + "Subject: a\u000bb\n\nHello\n"),
        odd(Oddity.HEADER_END, TOP),
        odd(Oddity.HEADER_SIZE, TOP + "A: b\n".repeat(200) + "\nHello\n"),
        odd(Oddity.HEADER_SIZE, TOP + ("A: " + "b".repeat(900) + "\n").repeat(80) + "\nHello\n"),
        odd(Oddity.CONTENT_FIELD, leaf("Content-Type: a/b\ncontent-TYPE: a/b", "a\n")),
        odd(Oddity.CONTENT_FIELD, leaf("Content-Disposition: inline\nContent-Disposition: b", "")),
        odd(Oddity.CONTENT_FIELD, leaf("Content-Transfer-Encaoding: base64", "a\n")),
        odd(
            Oddity.CONTENT_FIELD,
            leaf("Content-ID: " + ("a".repeat(80) + "\n ").repeat(12) + "a", "")),
        // 3
        odd(Oddity.ENCODING, leaf("Content-Transfer-Encoding: base64 (or not)", "")),
        odd(Oddity.ENCODING, leaf("Content-Transfer-Encoding:\n base64", "")),
        odd(Oddity.ENCODING, leaf("Content-Transfer-Encoding: x-uuencode", "")),
        odd(Oddity.ENCODING, leaf("Content-Transfer-Encoding: base64 ", "")),
        odd(Oddity.BINARY, leaf("Content-Transfer-Encoding: binary", "a\n")),
        odd(
            Oddity.ENCODED_MULTIPART,
            mixed(TEXT)
                .replace(
                    "Content-Type: mu", "Content-Transfer-Encoding: base64\nContent-Type: mu")),
        odd(
            Oddity.ENCODED_MULTIPART,
            mixed(
                "Content-Type: message/rfc822\n"
                    + "Content-Transfer-Encoding: quoted-printable\n\n"
                    + TOP
                    + TEXT)),
        odd(Oddity.EIGHT_BIT, text + "\u00fc\n"),
        // 4
        odd(Oddity.PARAMETERS, leaf("Content-Type: text", "")),
        odd(Oddity.PARAMETERS, leaf("Content-Type: text/plain (a)", "")),
        odd(Oddity.PARAMETERS, leaf("Content-Type: text/plain; charset=\"utf\\-8\"", "")),
        odd(Oddity.PARAMETERS, leaf("Content-Type: text/plain; name=\"\u00fc\"", "")),
        odd(Oddity.PARAMETERS, leaf("Content-Type: text/plain; name=\"a\n b\"", "")),
        odd(Oddity.PARAMETERS, leaf("Content-Type: text/plain; charset = utf-8", "")),
        odd(Oddity.PARAMETERS, leaf("Content-Type: text/plain;", "")),
        odd(Oddity.PARAMETERS, leaf("Content-Type: text/plain; a=b; A=c", "")),
        odd(
            Oddity.PARAMETERS,
            leaf(
                "Content-Type: a/b; a=1; b=1; c=1; d=1; e=1; f=1; g=1; h=1;" + " i=1; j=1; k=1",
                "")),
        odd(Oddity.BOUNDARY, mixed(TEXT).replace("; boundary=\"xx\"", "")),
        odd(Oddity.BOUNDARY, mixed(TEXT).replace("xx", "xx ")),
        odd(Oddity.BOUNDARY, mixed(TEXT).replace("xx", "----")),
        odd(Oddity.BOUNDARY, mixed(TEXT).replace("xx", "xx--")),
        odd(Oddity.BOUNDARY, mixed(TEXT).replace("xx", "x".repeat(71))),
        odd(Oddity.BOUNDARY, mixed(TEXT).replace("\"xx\"", "\"xx\"; x-boundary=yy")),
        odd(Oddity.BOUNDARY, leaf("Content-Type: text/plain; boundary=xx", "")),
        odd(Oddity.NAMES, mixed(TEXT, FILE.replace("filename=\"a.zip\"", "filename=\"b.zip\""))),
        odd(Oddity.NAMES, mixed(FILE.replace("filename=", "filename*0=b; filename="))),
        odd(Oddity.NAMES, mixed(FILE.replace("filename=\"", "filename*1=b; filename*0=\""))),
        odd(Oddity.NAMES, mixed(TEXT.replace("charset=", "charset*="))),
        // 5
        odd(Oddity.MULTIPART_TYPE, multipart("multipart/parallel", TEXT, FILE)),
        odd(Oddity.MULTIPART_TYPE, multipart("multipart/digest", TEXT)),
        // 6
        odd(Oddity.MULTIPART_END, mixed()),
        odd(Oddity.MULTIPART_END, mixed(TEXT).replace("--xx--\n", "")),
        odd(
            Oddity.MULTIPART_END,
            mixed("Content-Type: multipart/mixed; boundary=yy\n\n--yy\n" + TEXT)),
        odd(Oddity.LOOKS_LIKE_DELIMITER, mixed(TEXT, TEXT + "--XX\n", TEXT)),
        odd(Oddity.LOOKS_LIKE_DELIMITER, mixed(TEXT, TEXT + "  --xx\n", TEXT)),
        odd(Oddity.LOOKS_LIKE_DELIMITER, mixed(TEXT, TEXT + "----xx\n", TEXT)),
        odd(Oddity.LOOKS_LIKE_DELIMITER, mixed(TEXT + "--xx-\n", FILE)),
        odd(
            Oddity.LOOKS_LIKE_DELIMITER,
            mixed(
                TEXT + "--yy\n",
                "Content-Type: multipart/mixed; boundary=yy\n\n--yy\n" + TEXT + "--yy--\n")),
        odd(Oddity.LOOKS_LIKE_DELIMITER, text + "--unknown\nContent-Type: text/html\n\na\n"),
        odd(
            Oddity.BOUNDARIES_ALIKE,
            mixed(
                "Content-Type: multipart/mixed; boundary=--XXy\n\n----XXy\n"
                    + TEXT
                    + "----XXy--\n")),
        // 7
        odd(Oddity.PREAMBLE, mixed(TEXT).replace("\n\n--xx", "\n\nSomething else\n--xx")),
        odd(Oddity.EPILOGUE, mixed(TEXT) + "more\n"),
        odd(Oddity.EPILOGUE, mixed(TEXT) + "\n--xx\n" + TEXT + "--xx--\n"),
        // 8
        odd(Oddity.BASE64, base64("QUJD\nREVGRw==\n")),
        odd(Oddity.BASE64, base64("QUJDREVG\nQUJD\nREVG\n")),
        odd(Oddity.BASE64, base64("QQ==QUJD\n")),
        odd(Oddity.BASE64, base64("QQ==\nQUJD\n")),
        odd(Oddity.BASE64, base64("QU JD\n")),
        odd(Oddity.BASE64, base64("QUJD\n\nREVG\n")),
        odd(Oddity.BASE64, base64("QUJ\n")),
        odd(Oddity.BASE64, base64("Q===\n")),
        odd(Oddity.BASE64, base64("====\n")),
        odd(Oddity.BASE64, base64("QUJD".repeat(20) + "\n")),
        odd(Oddity.QUOTED_PRINTABLE, quoted("a \n")),
        odd(Oddity.QUOTED_PRINTABLE, quoted("a= \nb\n")),
        odd(Oddity.QUOTED_PRINTABLE, quoted("a=b\n")),
        odd(Oddity.QUOTED_PRINTABLE, quoted("a=3d\n")),
        odd(Oddity.QUOTED_PRINTABLE, quoted("a=3=\nD\n")),
        odd(Oddity.QUOTED_PRINTABLE, quoted("a=\n")),
        odd(Oddity.QUOTED_PRINTABLE, quoted("\u00fc\n")),
        odd(Oddity.QUOTED_PRINTABLE, quoted("a".repeat(77) + "\n")),
        // 9
        odd(Oddity.DEPTH, nested(7)),
        odd(Oddity.PARTS, mixed(Stream.generate(() -> TEXT).limit(100).toArray(String[]::new))),
        odd(Oddity.MESSAGE_TYPE, mixed("Content-Type: message/partial; id=1\n\na\n")),
        // 10
        odd(Oddity.CHARSET, leaf("Content-Type: text/plain; charset=utf-7", "")),
        odd(Oddity.CHARSET, leaf("Content-Type: text/plain; charset=IBM037", "")),
        odd(Oddity.CHARSET, leaf("Content-Type: text/xml; charset=utf-16", "")),
        odd(Oddity.CHARSET, leaf("Content-Type: text/plain; charset=windows-1259", "")),
        odd(Oddity.TEXT, text + "\u001b$B\n"),
        odd(Oddity.TEXT, text + "+ADw-script\n"),
        odd(Oddity.TEXT, base64("//48AA==\n")),
        odd(Oddity.TEXT, base64("PABhAA==\n")),
        odd(Oddity.FLOWED, leaf("Content-Type: text/plain; format=flowed; delsp=yes", "")),
        // 11
        odd(Oddity.EMBEDDED, text + "begin 644 a.exe\n"),
        odd(Oddity.EMBEDDED, text + "=ybegin line=128 size=5 name=a\n"),
        odd(Oddity.EMBEDDED, base64("PXliZWdpbiBsaW5lPTEyOAo=\n")),
        odd(Oddity.EMBEDDED, text + "(This file must be converted with BinHex 4.0)\n"),
        odd(Oddity.FORMAT, leaf("Content-Type: application/ms-tnef", "")),
        odd(Oddity.FORMAT, leaf("Content-Type: application/pkcs7-mime; name=smime.p7m", "")),
        odd(
            Oddity.FORMAT,
            leaf("Content-Type: application/b\nContent-Transfer-Encoding: base64", "eJ8+IgAA\n")),
        // What ClamAV reads otherwise (mbox.c, message.c); each was tried, and most are missed.
        odd(
            Oddity.EMBEDDED,
            mixed(
                "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n"
                    + "x=\nbegin 644 notes\n",
                FILE)),
        odd(Oddity.EMBEDDED, mixed("Content-Type: application/x\n\nbegin 644 a\n", FILE)),
        odd(Oddity.EMBEDDED, mixed("Content-Type: application/x\n\n=ybegin line=1\n", FILE)),
        odd(
            Oddity.EMBEDDED,
            mixed(
                "Content-Type: application/x\n\n"
                    + "(This file must be converted with BinHex 4.0)\n",
                FILE)),
        odd(
            Oddity.DISPOSITION,
            mixed(
                "Content-Type: text/plain\nContent-Disposition: form-data\n"
                    + "Content-Transfer-Encoding: base64\n\nQUJD\n")),
        odd(Oddity.NO_FIELDS, mixed("\nContent-Type: text/plain\n", FILE)),
        odd(Oddity.FIELD_END, mixed("X-A: b;\n" + FILE)),
        odd(Oddity.FIELD_END, mixed("X-A: b\n c; \n" + FILE)),
        odd(
            Oddity.FIRST_LINE,
            mixed("Content-Type: application/x\nContent-Transfer-Encoding: base64\n\nContentA\n")),
        odd(Oddity.FIRST_LINE, mixed("Content-Type: application/x\n\nit is base64\n", FILE)),
        odd(Oddity.FIRST_LINE, mixed("Content-Type: message/rfc822\n\n" + TEXT)),
        odd(Oddity.FIRST_LINE, quoted("Date: =41\n")),
        odd(Oddity.FIRST_LINE, text.replace("Hello", "\nMessage-Id: a")),
        odd(Oddity.FIELD_IN_BODY, quoted("=41\nContent-Transfer-Encoding: base64\n")),
        odd(
            Oddity.BLANK_LINES,
            mixed(
                FILE.replace("base64", "quoted-printable").replace(ZIP, "PK=03=04\n\n\nand more"))),
        odd(
            Oddity.LOOKS_LIKE_DELIMITER,
            mixed(TEXT, TEXT.replace("Hello", "Hello\n(a)--xx\nmore"))),
        odd(
            Oddity.MESSAGE_TYPE,
            mixed(
                "Content-Type: message/rfc822\n\nFrom: a@b\n"
                    + "Content-Type: message/delivery-status\n\nReporting-MTA: dns; a\n",
                FILE)),
        odd(Oddity.MESSAGE_TYPE, leaf("Content-Type: message/delivery-status", "a: b\n")),
        odd(Oddity.TOP_TYPE, mixed(FILE.replace("application/zip", "multip/art"))),
        odd(
            Oddity.BOUNDARY,
            mixed(TEXT).replace("\"xx\"", "\"xx\"; name=\"=?us-ascii?Q?a=22;_bound?=\"")),
        odd(
            Oddity.RELATED,
            multipart(
                "multipart/related",
                FILE,
                "Content-Type: multipart/mixed; boundary=yy\n\n--yy\n" + TEXT + "--yy--\n")),
        odd(Oddity.CONTAINERS, mixed(FILE, FILE)),
        odd(Oddity.CONTAINERS, mixed(FILE, "Content-Type: image/x-unknown\n\nwhat is it\n")));
  }

  @ParameterizedTest
  @MethodSource("odd")
  void whatIsNotInTheGrammarIsOdd(Oddity oddity, String mail) {
    assertThat(of(mail).oddity()).as(mail).isEqualTo(oddity);
    assertThat(of(mail).inWords()).startsWith("odd").endsWith(": " + oddity.inWords());
  }

  @Test
  void aMessageThatIsTooLargeIsNotLookedAt() {
    assertThat(PlainGrammar.of(new byte[0], PlainGrammar.LARGEST + 1))
        .isEqualTo(Plainness.odd(Oddity.TOO_LARGE, 0));
  }

  /** Measured with clamd 1.4: it misses what is in these, and both readers see it. */
  static Stream<String> missedByClamd() {
    String encoded = "Content-Transfer-Encoding: base64";
    return Stream.of(
        multipart("multipart/signed", TEXT, FILE),
        multipart("multipart/parallel", TEXT.replace("plain", "html"), FILE),
        mixed(
            TEXT,
            "Content-Type: multipart/signed; boundary=yy\n\n--yy\n"
                + TEXT
                + "--yy\n"
                + FILE
                + "--yy--\n"),
        mixed(FILE, TEXT).replaceFirst("--xx\n", "--xx\t\n"),
        mixed(FILE.replace(encoded, "Content-Transfer-Encoding:" + " ".repeat(1000) + "base64")),
        mixed(
            FILE.replace(encoded, "Content-Transfer-Encoding: (" + "a".repeat(950) + ")\n base64")),
        mixed(FILE.replace(encoded, "X: y\n " + "a".repeat(1000) + "\n" + encoded)),
        quoted("a=  \nb\n"),
        quoted("a".repeat(1200) + "\n"),
        nested(19));
  }

  @ParameterizedTest
  @MethodSource("missedByClamd")
  void whatClamdMissesInTheMessageIsOdd(String mail) {
    assertThat(of(mail).isPlain()).as(mail).isFalse();
  }

  /**
   * Of the rest, half is in charsets that ClamAV or Java read otherwise: koi8-r, gb2312, euc-kr.
   */
  @Test
  void muchOrdinaryMailIsPlain() {
    List<OrdinaryMails.Mail> mails = OrdinaryMails.all();
    long plain = mails.stream().filter(mail -> of(mail.octets()).isPlain()).count();
    assertThat(plain).as("plain of " + mails.size()).isGreaterThan(mails.size() * 2 / 5);
  }

  @Test
  void everyOddityHasItsOwnWords() {
    assertThat(Stream.of(Oddity.values()).map(Oddity::inWords)).doesNotHaveDuplicates();
  }
}
