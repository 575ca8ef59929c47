package org.qscan.engine.mime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.qscan.engine.testing.Mails;

/** Mail that hides its content in pieces, each of which is nothing by itself. */
final class PieceEvasions {

  private final List<Evasions.Evasion> all = new ArrayList<>();

  private PieceEvasions() {}

  static List<Evasions.Evasion> all() {
    PieceEvasions evasions = new PieceEvasions();
    evasions.yenc();
    evasions.uuencode();
    evasions.flowed();
    evasions.parameters();
    evasions.uris();
    evasions.marks();
    evasions.bodies();
    return evasions.all;
  }

  private void found(String name, UnaryOperator<String> around) {
    all.add(new Evasions.Evasion(name, false, around));
  }

  /* yEnc */

  static String piece(int number, String begin, String content) {
    return Evasions.yenc(content)
        .replaceFirst("=ybegin .*", "=ybegin part=" + number + " line=128 size=9 name=a.zip\r")
        .replaceFirst("\r\n", "\r\n=ypart begin=" + begin + " end=9\r\n");
  }

  private static String first(String content) {
    return content.substring(0, content.length() / 2);
  }

  private static String second(String content) {
    return content.substring(content.length() / 2);
  }

  private void yenc() {
    found(
        "Q yEnc in two blocks of one body",
        c ->
            Mails.plain(
                "hello\r\n" + piece(1, "1", first(c)) + "\r\n" + piece(2, "31", second(c))));
    found(
        "Q yEnc in three blocks, the last one first",
        c ->
            Mails.plain(
                piece(3, "51", second(second(c)))
                    + "\r\n"
                    + piece(1, "1", first(c))
                    + piece(2, "21", first(second(c)))));
    found(
        "Q yEnc in blocks whose numbers contradict their places",
        c -> Mails.plain(piece(1, "31", second(c)) + "\r\n" + piece(2, "1", first(c))));
    found(
        "Q yEnc in blocks of one number",
        c -> Mails.plain(piece(1, "1", first(c)) + "\r\n" + piece(1, "1", second(c))));
    found(
        "Q yEnc in two parts",
        c ->
            Mails.multipart(
                "Content-Type: text/plain\r\n\r\n" + piece(1, "1", first(c)),
                "Content-Type: text/plain\r\n\r\n" + piece(2, "31", second(c))));
    found(
        "Q yEnc in blocks of different names",
        c ->
            Mails.plain(
                piece(1, "1", first(c))
                    + "\r\n"
                    + piece(2, "31", second(c)).replace("a.zip", "a.zip.002")));
    found(
        "Q yEnc in blocks of different names, the last one first, behind another file",
        c ->
            Mails.plain(
                piece(1, "1", "harmless, ").replace("size=9", "size=20")
                    + piece(2, "11", "all of it.").replace("size=9", "size=20")
                    + piece(2, "31", second(c)).replace("a.zip", "b.zip")
                    + piece(1, "1", first(c)).replace("a.zip", "c.zip")));
  }

  /* uuencode */

  private static String lines(String text, int from, int to) {
    StringBuilder out = new StringBuilder();
    int line = 0;
    int end;
    for (int at = 0; at < text.length(); at = end, line++) {
      end = text.indexOf('\n', at) + 1;
      out.append(line >= from && line < to ? text.substring(at, end) : "");
    }
    return out.toString();
  }

  /** Two lines in the first part, one in each of the next, and the rest in the last. */
  private static String[] inOrder(String file, int... order) {
    String[] parts = new String[order.length];
    for (int i = 0; i < parts.length; i++) {
      int piece = order[i];
      int from = piece == 0 ? 0 : piece + 1;
      int to = piece == parts.length - 1 ? 1000 : piece + 2;
      parts[i] = PLAIN + "Part " + piece + " of my file is here:\r\n" + lines(file, from, to);
    }
    return parts;
  }

  private static final String PLAIN = "Content-Type: text/plain\r\n\r\n";

  private void uuencode() {
    UnaryOperator<String> file = c -> "begin 644 a.zip\r\n" + Evasions.uuencode(c) + "end\r\n";
    found(
        "Q uuencode that goes on in the next part",
        c ->
            Mails.multipart(
                PLAIN + "hello\r\n" + lines(file.apply(c), 0, 2),
                PLAIN + lines(file.apply(c), 2, 1000)));
    found(
        "Q uuencode that goes on in the next parts, behind some text",
        c ->
            Mails.multipart(
                PLAIN + lines(file.apply(c), 0, 2),
                PLAIN
                    + "That was the first part, this is the second one:\r\n\r\n"
                    + lines(file.apply(c), 2, 3),
                PLAIN + "bye.\r\n",
                PLAIN + lines(file.apply(c), 3, 1000)));
    for (int[] order : new int[][] {{1, 0}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}, {0, 2, 1}}) {
      found(
          "Q uuencode in parts of the order " + Arrays.toString(order),
          c -> Mails.multipart(inOrder(file.apply(c), order)));
    }
    UnaryOperator<String> base64 =
        c -> "begin-base64 644 a.zip\r\n" + Evasions.base64(c).strip() + "\r\n====\r\n";
    for (int[] order : new int[][] {{0, 1}, {1, 0}, {0, 1, 2}, {2, 1, 0}}) {
      found(
          "Q begin-base64 in parts of the order " + Arrays.toString(order),
          c -> Mails.multipart(inOrder(base64.apply(c), order)));
    }
    found(
        "Q uuencode with more behind its lines",
        c ->
            Mails.plain(
                "begin 644 a.zip\r\n"
                    + Evasions.uuencode(c).replace("\r\n", "~~~~~~\r\n")
                    + "end\r\n"));
  }

  /* format=flowed */

  private static String cut(String text, int width) {
    StringBuilder out = new StringBuilder();
    for (int at = 0; at < text.length(); at += width) {
      boolean last = at + width >= text.length();
      out.append(text, at, last ? text.length() : at + width).append(last ? "\r\n" : " \r\n");
    }
    return out.toString();
  }

  private void flowed() {
    String flowed = "Content-Type: text/plain; format=flowed; delsp=yes\r\n";
    found(
        "Q base64 in text that delsp cuts",
        c ->
            Mails.multipart(
                flowed + "\r\n" + "hello\r\n" + cut(Evasions.base64(c).replace("\r\n", ""), 11)));
    for (String mark : List.of("> ", ">", ">> ", "> > ")) {
      found(
          "Q base64 in text that delsp cuts, behind marks of a quotation: " + mark,
          c ->
              Mails.multipart(
                  flowed
                      + "\r\nhello\r\n"
                      + cut(Evasions.base64(c).replace("\r\n", ""), 11)
                          .replaceAll("(?m)^(?=.)", mark)));
    }
    found(
        "Q base64 in text that delsp cuts, in quoted-printable",
        c ->
            Mails.multipart(
                flowed
                    + "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                    + Evasions.quotedPrintable(
                        cut("begin-base64 644 a\r\n", 100)
                            + cut(Evasions.base64(c).replace("\r\n", ""), 20)
                            + "====\r\n")));
  }

  /* RFC 2231 */

  static String parameter(String name, String value, int width, boolean backwards) {
    List<String> pieces = new ArrayList<>();
    for (int at = 0; at < value.length(); at += width) {
      String piece = value.substring(at, Math.min(value.length(), at + width));
      pieces.add(" " + name + "*" + pieces.size() + "=\"" + piece + "\"");
    }
    if (backwards) {
      Collections.reverse(pieces);
    }
    return String.join(";\r\n", pieces) + "\r\n";
  }

  private void parameters() {
    String external = "Content-Type: message/external-body; access-type=URL;\r\n";
    UnaryOperator<String> uri =
        c -> "data:application/zip;base64," + Evasions.base64(c).replace("\r\n", "");
    for (int width : new int[] {3, 40}) {
      found(
          "Q a URI in pieces of " + width,
          c ->
              Mails.multipart(
                  external
                      + parameter("URL", uri.apply(c), width, false)
                      + "\r\nContent-Type: application/zip\r\n\r\n"));
    }
    found(
        "Q a URI in pieces, the last one first",
        c ->
            Mails.multipart(
                external
                    + parameter("url", uri.apply(c), 30, true)
                    + "\r\nContent-Type: application/zip\r\n\r\n"));
    found(
        "Q a URI in pieces with escapes",
        c ->
            Mails.multipart(
                external
                    + " URL*0*=us-ascii''%64ata%3Aapplication/zip%3Bba;\r\n URL*1=\"se64,\";\r\n URL*2*="
                    + Evasions.base64(c).replace("\r\n", "").replace("T", "%54").replace("=", "%3D")
                    + "\r\n\r\nContent-Type: application/zip\r\n\r\n"));
  }

  /* data: */

  private void uris() {
    for (String header :
        List.of(
            "application/zip;x='y';base64,",
            "application/zip;x='a,b';base64,",
            "application/zip;x='base64,b';base64,",
            "application/zip;x='a';y='b,c';z='d,e';BASE64,",
            "application/zip;x='a," + "b".repeat(300) + "';base64,",
            "application/zip;x='a" + "b".repeat(5000) + "';base64,",
            "application/zip;x='a,b',junk;base64,")) {
      found(
          "Q a URI with quoted parameters: " + header.replaceAll("b{9,}", "b..."),
          c ->
              Mails.multipart(
                  "Content-Type: text/html\r\n\r\n<html><a href=\"data:"
                      + header
                      + Evasions.base64(c).replace("\r\n", "")
                      + "\">x</a></html>\r\n"));
      found(
          "Q a URI with quoted parameters, the other way round: "
              + header.replaceAll("b{9,}", "b..."),
          c ->
              Mails.multipart(
                  "Content-Type: text/html\r\n\r\n<html><a href='data:"
                      + header.replace('\'', '"')
                      + Evasions.base64(c).replace("\r\n", "")
                      + "'>x</a></html>\r\n"));
    }
  }

  /* BinHex */

  private void marks() {
    found(
        "Q BinHex with blanks at the ends of its lines",
        c -> Mails.plain(Evasions.binhex(c).replace("\r\n", " \t \r\n")));
    found(
        "Q BinHex whose first line is short",
        c -> Mails.plain(Evasions.binhex(c).replaceFirst("\r\n\r\n(:.{9})", "\r\n\r\n$1\r\n")));
  }

  /* Places where a body may begin */

  private void bodies() {
    String part = "Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    for (int before : new int[] {7, 9}) {
      found(
          "Q behind " + before + " bodies between lines that nobody takes for boundaries",
          c ->
              Mails.plain(
                  ("::next::\r\n" + part + Evasions.base64("This is harmless, " + before) + "\r\n")
                          .repeat(before)
                      + "::next::\r\n"
                      + part
                      + Evasions.base64(c)
                      + "\r\n::next::\r\n"
                      + part
                      + Evasions.base64("harmless as well")));
    }
    found(
        "Q octets as they are, in what says base64 and 7bit",
        c ->
            Mails.multipart(
                "Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
                    + Evasions.base64(Evasions.base64(c)).strip()
                    + "\r\n"));
  }
}
