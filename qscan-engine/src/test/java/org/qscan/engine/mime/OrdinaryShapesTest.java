package org.qscan.engine.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.engine.rules.MimeRule;
import org.qscan.engine.testing.Eicar;
import org.qscan.engine.testing.Mails;

/**
 * Shapes that real programs send against the letter of the RFCs: no rule refuses them, and what is
 * hidden in the same shape is found.
 */
class OrdinaryShapesTest {

  private static final String HEAD =
      "From: a@example.org\nTo: b@example.org\nSubject: x\nMIME-Version: 1.0\n";

  private static final String QUOTED =
      HEAD
          + "Content-Type: text/plain; charset=utf-8\n"
          + "Content-Transfer-Encoding: quoted-printable\n\n"
          + "Gr=C3=BC=C3=9Fe, and a line that goes on in the =\nnext one, from s=3Dx.\n";

  @TempDir Path directory;

  /**
   * A shape.
   *
   * @param name who sends it, or what it is
   * @param around an attachment in base64 into a mail
   */
  record Shape(String name, UnaryOperator<String> around) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static String attachment(String base64) {
    return "Content-Type: application/octet-stream; name=\"a.bin\"\n"
        + "Content-Transfer-Encoding: base64\n\n"
        + base64;
  }

  private static Shape multipart(String name, String boundary, String declared) {
    return new Shape(
        name,
        base64 ->
            HEAD
                + declared
                + "\n\n--"
                + boundary
                + "\nContent-Type: text/plain\n\nhello\n--"
                + boundary
                + "\n"
                + attachment(base64)
                + "\n--"
                + boundary
                + "--\n");
  }

  private static Shape encoded(String name, String fields) {
    return new Shape(name, base64 -> HEAD + fields + "\n\n" + base64);
  }

  private static String statements(int number) {
    StringBuilder parts = new StringBuilder();
    for (int i = 1; i <= number; i++) {
      String name = "account_" + (70_000 + 13 * i) + "_day_" + i + ".txt";
      parts.append("------=_NextPart_000_0001\nContent-Type: text/plain;\n\tname=\"" + name);
      parts.append("\"\nContent-Transfer-Encoding: 7bit\nContent-Disposition: attachment;\n");
      parts.append("\tfilename=\"" + name + "\"\n\nAccount " + (70_000 + 13 * i) + "\n");
      parts.append("Balance at the beginning: " + 100 * i + ".00\n");
      parts.append("Nothing was paid in or out.\nBalance at the end: " + 100 * i + ".00\n\n");
    }
    return parts.toString();
  }

  /** A page as builders of newsletters write it: tables in tables, with lines of nothing else. */
  private static String page(int tables) {
    StringBuilder page = new StringBuilder();
    for (int i = 0; i < tables; i++) {
      page.append("      <table width=\"100%\" align=\"center\" bgcolor=\"#f" + i + "f\">\n");
      page.append("        <tr><td style=\"line-height: 22px; color: #000\" height=\"100%\">\n");
      page.append("          <p>Your order " + (4000 + i) + " has left our store.</p>\n    \n");
      page.append("        </td></tr>\n      </table>\n");
    }
    return page.toString();
  }

  static List<Shape> shapes() {
    String mixed = "Content-Type: multipart/mixed; ";
    String hex = "alternative_" + "0123456789abcdef".repeat(4);
    return List.of(
        new Shape(
            "330 small attachments with their names, as accounting programs send statements",
            base64 ->
                HEAD
                    + "Content-Type: multipart/mixed; boundary=\"----=_NextPart_000_0001\"\n\n"
                    + statements(330)
                    + "------=_NextPart_000_0001\n"
                    + attachment(base64)
                    + "\n------=_NextPart_000_0001--\n"),
        new Shape(
            "a page that a sender's program wrote into the header as well as into the body",
            base64 ->
                HEAD
                    + "Content-Type: text/html; charset=\"=utf-8\">\n"
                    + page(60)
                    + "Content-Transfer-Encoding: quoted-printable\nX-Mailer: Sender 3.1\n"
                    + "X-Filter-Report:\n\tOne:Two;Three:Four;\n".repeat(80)
                    + "\n"
                    + page(60).replace("=", "=3D").replace("\n", "=0A=\n")
                    + "\n\n"
                    + base64),
        new Shape(
            "a large file of which a program encoded each line by itself",
            base64 ->
                HEAD
                    + "Content-Type: multipart/mixed; boundary=A\n\n--A\n"
                    + "Content-Type: application/pdf; name=fax.pdf\n"
                    + "Content-Transfer-Encoding: base64\n\n"
                    + (Mails.base64(
                                    "Sixty-one octets of a file that was read line by line, 1234.\n")
                                .strip()
                            + "\n")
                        .repeat(10_000)
                    + "--A\n"
                    + attachment(base64)
                    + "\n--A--\n"),
        new Shape(
            "an encoding that is plain, in a field that is misspelt",
            base64 ->
                HEAD
                    + "Content-Type: multipart/mixed; boundary=A\n"
                    + "Content-Transfer-Encaoding: 8bit\n\n--A\n\nhello\n--A\n"
                    + attachment(base64)
                    + "\n--A--\n"),
        new Shape(
            "a bounce that encloses quoted-printable",
            base64 ->
                HEAD
                    + "Content-Type: multipart/report; boundary=A\n\n--A\n\nI am sorry.\n--A\n"
                    + "Content-Description: Undelivered Message\nContent-Type: message/rfc822\n\n"
                    + QUOTED
                    + "\n--A\n"
                    + attachment(base64)
                    + "\n--A--\n"),
        new Shape(
            "a forward of a message with parts in quoted-printable",
            base64 ->
                HEAD
                    + "Content-Type: multipart/mixed; boundary=A\n\n--A\nContent-Type:"
                    + " message/rfc822\n\nDKIM-Signature: v=1; s=20230601; b=07ABcd=\n"
                    + HEAD
                    + "Content-Type: multipart/mixed; boundary=\"=_B\"\n\n--=_B\n"
                    + QUOTED.substring(QUOTED.indexOf("Content-Type"))
                    + "--=_B\n"
                    + attachment(base64)
                    + "\n--=_B--\n\n--A--\n"),
        new Shape(
            "a bounce that encloses the header of a newsletter in quoted-printable",
            base64 ->
                HEAD
                    + "Content-Type: multipart/report; boundary=A\n\n--A\n\nI am sorry.\n--A\n"
                    + "Content-Type: message/rfc822\n\n"
                    + "DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=161025;\n"
                    + "\tbh=7Zq0YwJm0l1p3r=1d; b=Qk0=\n"
                    + "X-Report-Abuse: <http://lists.example.org/abuse?u=12ab&id=457&e=1d65>\n"
                    + QUOTED
                    + "\n--A\n"
                    + attachment(base64)
                    + "\n--A--\n"),
        new Shape(
            "Windows Live Mail's type, and behind it that of a list which adds a file",
            base64 ->
                "MIME-Version: 1.0\nContent-Type: text/plain; format=flowed; charset=\"utf-8\"\n"
                    + "Content-Transfer-Encoding: 7bit\nContent-Type: multipart/mixed;\n"
                    + "    boundary=\"_003_list_\"\n\nThe text\n--_003_list_\n"
                    + attachment(base64)
                    + "\n--_003_list_--\n"),
        new Shape(
            "a bounce whose last part is called partial, without a number",
            base64 ->
                HEAD
                    + "Content-Type: multipart/report; boundary=A\n\n--A\n\nUnknown user\n--A\n"
                    + attachment(base64)
                    + "\n--A\nContent-Type: message/partial\n\nReceived: by a.example.org\n"
                    + "Subject: x\n--A--\n"),
        multipart(
            "a boundary in pieces, as Kolab's webmail writes it",
            "=_8853bfb47b7d24f3",
            mixed + "\n boundary*0*=us-ascii''%3D_8853bfb47b7d;\n boundary*1*=24f3"),
        new Shape(
            "a control character in an address",
            base64 ->
                "Cc: some\u0006body <c@example.org>\n"
                    + HEAD
                    + mixed
                    + "boundary=A\n\n--A\n"
                    + attachment(base64)
                    + "\n--A--\n"),
        new Shape(
            "a bounce whose copy has a type without its boundary, and no body",
            base64 ->
                HEAD
                    + "Content-Type: multipart/report; boundary=A\n\n--A\n"
                    + attachment(base64)
                    + "\n--A\nContent-Type: message/rfc822\n\nSubject: x\n"
                    + "Content-Type: multipart/alternative;\nboundary=\"b1_x\"\n\n--A--\n"),
        multipart("a boundary of 76 characters", hex, mixed + "boundary=\"" + hex + "\""),
        multipart("parentheses without quotes", "n=()I9", mixed + "boundary=n=()I9"),
        multipart("junk behind the boundary", "bb", mixed + "\n boundary=\"bb\";windows-852"),
        multipart("white space around the equals sign", "bb", mixed + "boundary = \"bb\""),
        multipart("a fold behind the equals sign", "bb", mixed + "boundary=\n \"bb\""),
        multipart(
            "a multipart that is labelled quoted-printable",
            "bb",
            mixed + "boundary=\"bb\"\nContent-Transfer-Encoding: quoted-printable"),
        encoded(
            "a charset for a transfer encoding",
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: utf-8"),
        encoded(
            "a comment behind base64",
            "Content-Type: text/plain\nContent-Transfer-Encoding: base64 (x)"),
        encoded(
            "7bit beside 8BIT",
            "Content-Type: text/plain\nContent-Transfer-Encoding: 7bit\n"
                + "Content-Transfer-Encoding: 8BIT"),
        encoded(
            "raw, raw, base64",
            "Content-Type: application/x-pkcs7-mime; name=\"smime.p7m\"\n"
                + "Content-Transfer-Encoding: raw\nContent-Transfer-Encoding: raw\n"
                + "Content-Transfer-Encoding: base64"),
        new Shape(
            "an address and words behind base64",
            base64 ->
                HEAD
                    + "Content-Type: text/plain; charset=\"utf-8\"\n"
                    + "Content-Transfer-Encoding: base64\n\n"
                    + base64.strip()
                    + (base64.strip().endsWith("=") ? "" : "\nQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQQ==")
                    + "\nhttp://www.example.org/list/leave\nUnsubscribe\nSent from my phone\n"),
        new Shape(
            "an address and a word behind base64 without padding",
            base64 ->
                HEAD
                    + "Content-Type: text/plain; charset=\"utf-8\"\n"
                    + "Content-Transfer-Encoding: base64\n\n"
                    + base64.strip().replace("=", "")
                    + "\nhttp://www.example.org/list/leave\nUnsubscribe\n"),
        new Shape(
            "a long text with many equals signs that says utf-8",
            base64 ->
                HEAD
                    + "Content-Type: text/plain; charset=utf-8\n"
                    + "Content-Transfer-Encoding: utf-8\n\n"
                    + "see http://example.org/?id=1&user=name&key=abcdefgh=\n\n".repeat(1100)
                    + base64),
        new Shape(
            "the footer of a list behind base64",
            base64 ->
                HEAD
                    + "Content-Type: text/plain; charset=\"utf-8\"\n"
                    + "Content-Transfer-Encoding: base64\n\n"
                    + base64
                    + "\n"
                    + Mails.base64("_____\nA list of ours: how to leave it stands here.\n")));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void itIsNotRefused(Shape shape) throws Exception {
    String harmless = Mails.base64("This is harmless, whoever reads it.\n".repeat(10));
    GenerousReader reader = Reading.into(directory, shape.around().apply(harmless));
    assertThat(reader.hits()).noneMatch(hit -> hit.rule().tier() == MimeRule.Tier.REFUSE);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void whatIsHiddenInItsTwinIsFound(Shape shape) throws Exception {
    Reading.into(directory, shape.around().apply(Mails.base64(Mails.eicar())));
    assertThat(Eicar.isIn(directory.resolve("parts"))).isTrue();
  }

  /** As in a digest of a mailing list: to try all orders of its parts would cost too much. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 6})
  void aUuencodedFileInSeveralPartsIsNoLimit(int parts) throws Exception {
    Random random = new Random(1);
    String[] texts = new String[parts];
    for (int i = 0; i < parts; i++) {
      StringBuilder text = new StringBuilder(i == 0 ? "hello\n\nbegin 644 a.bin\n" : "part\n\n");
      for (int line = 0; line < 3400 / parts; line++) {
        text.append('M');
        for (int character = 0; character < 60; character++) {
          text.append((char) ('!' + random.nextInt(64)));
        }
        text.append('\n');
      }
      texts[i] = Mails.text(text + (i == parts - 1 ? "`\nend\n" : ""));
    }
    Cost cost = new Cost(directory);
    cost.of(Mails.octets(Mails.multipart(texts)));
    assertThat(cost.wasLimited()).isFalse();
  }
}
