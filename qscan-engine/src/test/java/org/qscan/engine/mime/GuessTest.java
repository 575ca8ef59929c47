package org.qscan.engine.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.testing.Mails;

/** What only looks encoded: never a reason to refuse a mail, and read as far as it may matter. */
class GuessTest {

  private static final Limits USUAL = new Limits(2000, 100, 1L << 30);

  @TempDir Path directory;

  private Reading read(String mail) throws Exception {
    return Reading.of(Mails.octets(mail), directory, USUAL);
  }

  private static boolean isFound(Reading reading) {
    return isFound(reading, Mails.eicar());
  }

  private static boolean isFound(Reading reading, String content) {
    for (byte[] part : reading.parts()) {
      if (new String(part, StandardCharsets.ISO_8859_1).startsWith(content)) {
        return true;
      }
    }
    return false;
  }

  private static String html(String body) {
    return "Content-Type: text/html\n\n<html><body>" + body + "</body></html>\n";
  }

  private static byte[] random(int size) {
    byte[] octets = new byte[size];
    new Random(size).nextBytes(octets);
    return octets;
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.ISO_8859_1);
  }

  @Test
  void wordsWithBlanksBetweenTwoTagsAreNoParts() throws Exception {
    StringBuilder rows = new StringBuilder("<table>");
    for (int i = 0; i < 2300; i++) {
      rows.append("<tr><td>").append(i);
      rows.append("</td><td>Long brass hinge for kitchen doors size ").append(i);
      rows.append("</td></tr>\n");
    }
    Reading reading = read(html(rows + "</table>"));
    assertThat(reading.overLimit()).isFalse();
    assertThat(reading.parts()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\n    ", " \n"})
  void base64BetweenTwoTagsIsAPartHoweverItsLinesAreIndented(String gap) throws Exception {
    String lines = Mails.base64(Mails.eicar() + "x".repeat(200)).strip().replace("\n", gap);
    assertThat(isFound(read(html("<a>" + gap + lines + gap + "</a>")))).isTrue();
  }

  @Test
  void manyBlanksInAFileOfSomeSizeHideNothing() throws Exception {
    String base64 = Mails.base64(Mails.eicar() + "x".repeat(300)).replace("\n", "");
    String words = base64.replaceAll("(.{5})", "$1 ");
    assertThat(isFound(read(html("<a>" + words + "</a>")))).isTrue();
  }

  private static String folded(String name, int lines) {
    StringBuilder field = new StringBuilder(name + ": v=1; a=rsa-sha256; s=20230601; b=\n");
    for (int i = 0; i < lines; i++) {
      field.append(' ').append(Base64.getEncoder().encodeToString(random(51 + i)), 0, 68);
      field.append('\n');
    }
    return field.toString();
  }

  private static final String BOUNCED =
      "Return-Path: <a@example.org>\n"
          + folded("DKIM-Signature", 5)
          + folded("ARC-Seal", 5)
          + folded("X-Antispam-Message-Info", 30)
          + "Subject: x\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n"
          + "Content-Transfer-Encoding: quoted-printable\n\n"
          + "<a href=3D\"http://example.org/?u=3D1&amp;x=\n=3Dy\">Gr=C3=BC=C3=9Fe</a>\n";

  /** Bounces, signatures, keys, words in capitals, links: what mail is full of. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain\n\nHi. This is the qmail-send program.\n\n--- Below is a copy.\n\n%s",
        "message/rfc822\n\n%s",
        "text/rfc822-headers\n\n%s",
        "text/plain\n\nPLEASE NOTE\n\n550 5.1.1 USER UNKNOWN\nDELIVERY FAILED\n(#5.1.1)\n",
        "text/plain\n\nhttp://example.org/?id=12345&x=0A11&y=41ff&z=1b2c\n",
        "text/plain\n\nDear all,\nthanks\n-----BEGIN PGP SIGNATURE-----\n\n%2$s\n=AbCd\n"
            + "-----END PGP SIGNATURE-----\n",
        "text/html\n\n<td>Donaudampfschifffahrtsgesellschaft</td>"
            + "<td>0123456789abcdef0123456789ABCDEF0123456789</td>\n",
        "text/calendar\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\n"
            + "UID:040000008200E00074C5B7101A82E00800000000\nDTSTART:20260101T100000Z\n"
            + "END:VEVENT\nEND:VCALENDAR\n"
      })
  void ordinaryMailHasNoGuessedPart(String part) throws Exception {
    String signature = Mails.base64(text(random(300)));
    String mail = "Subject: x\nContent-Type: " + part.formatted(BOUNCED, signature);
    Reading reading = read(mail);
    assertThat(reading.reader().guessed()).isZero();
    assertThat(reading.reader().hasPassedOver()).isFalse();
  }

  @Test
  void aListOfHashesIsNotOverALimitNorMadeOfParts() throws Exception {
    StringBuilder list = new StringBuilder("Subject: checksums\n\n");
    for (int i = 0; i < 2500; i++) {
      list.append("file-").append(i).append(".tar\n");
      list.append(HexFormat.of().formatHex(random(100 + i), 0, 32));
      list.append('\n');
    }
    Reading reading = read(list.toString());
    assertThat(reading.overLimit()).isFalse();
    assertThat(reading.parts().size()).isLessThan(10);
  }

  @Test
  void aListOfHashesInBase64IsNotOverALimit() throws Exception {
    StringBuilder list = new StringBuilder("Subject: checksums\n\n");
    for (int i = 0; i < 6000; i++) {
      list.append("file-").append(i).append(".tar\n");
      list.append(Base64.getEncoder().encodeToString(random(100 + i)), 0, 44).append('\n');
    }
    Reading reading = read(list.toString());
    assertThat(reading.overLimit()).isFalse();
    assertThat(reading.parts().size()).isLessThan(10);
  }

  @Test
  void aListOfLongKeysIsNotOverALimit() throws Exception {
    StringBuilder list = new StringBuilder("Subject: keys\n\n");
    for (int i = 0; i < 4000; i++) {
      list.append("key-").append(i).append(".tar\n").append(Mails.base64(text(random(200 + i))));
      list.append('\n');
    }
    Reading reading = read(list.toString());
    assertThat(reading.overLimit()).isFalse();
    assertThat(reading.reader().hasPassedOver()).isTrue();
    assertThat(reading.parts().size()).isLessThanOrEqualTo(USUAL.parts());
  }

  /** Its lines end with equals signs, as if each were the end of some base64. */
  @Test
  void aPictureInQuotedPrintableIsDecodedOnceAndNoLimit() throws Exception {
    String base64 = Base64.getEncoder().encodeToString(random(30_000));
    String uri = "<img src=3D\"data:image/png;base64," + base64 + "\">";
    String lines = uri.replaceAll("(.{75})", "$1=\n");
    Reading reading =
        read("Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n" + lines);
    assertThat(reading.overLimit()).isFalse();
    assertThat(isFound(reading, new String(random(30_000), StandardCharsets.ISO_8859_1))).isTrue();
  }

  private static String sealed(String mail, int times) {
    String sealed = mail;
    for (int i = 0; i < times; i++) {
      sealed =
          "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=\"smime.p7m\"\n"
              + "Content-Transfer-Encoding: base64\n\n"
              + Mails.base64(Evasions.signed(Evasions.string(sealed)))
              + "\n";
    }
    return sealed;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void mailThatIsSignedAgainAndAgainIsNotOverALimit(int times) throws Exception {
    String head = "Content-Type: text/plain; charset=utf-8\n";
    String quoted =
        head
            + "Content-Transfer-Encoding: quoted-printable\n\n"
            + "Gr=C3=BC=C3=9Fe aus K=C3=B6ln, =E2=82=AC 5=\n und mehr.\n".repeat(10);
    assertThat(read("From: a@b.test\n" + sealed(quoted, times)).overLimit()).isFalse();
    String infected = Mails.multipart(Mails.attachment("filename=a", Mails.eicar()));
    assertThat(isFound(read("From: a@b.test\n" + sealed(infected, times)))).isTrue();
  }

  private static final String FILE = "begin 644 a\n%send\n";
  private static final String CONTINUED = "\n--b\nContent-Type: text/plain\n\n";

  /** Each format whose own lines begin it, around some content. */
  private static List<String> marked(String content) {
    String first = content.substring(0, content.length() / 2);
    String second = content.substring(content.length() / 2);
    String lines = Evasions.uuencode(content);
    int cut = lines.indexOf('\n') + 1;
    return List.of(
        FILE.formatted(lines),
        Evasions.yenc(content) + "\n",
        Evasions.binhex(content + "\n"),
        PackedEvasions.armour(PackedEvasions.message(content)),
        PieceEvasions.piece(1, "1", first) + "\n" + PieceEvasions.piece(2, "2", second),
        "begin 644 a\n" + lines.substring(0, cut) + CONTINUED + lines.substring(cut) + "end\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 30, 1000, 10_000})
  void whatAProgramDecodesByItsOwnMarksIsFoundBehindDecoysOrOverALimit(int decoys)
      throws Exception {
    String head = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n";
    for (String decoy : marked("This is a decoy, and harmless.")) {
      String mail = head + (decoy + "\n").repeat(decoys);
      for (String hidden : marked(Mails.eicar())) {
        Reading reading = read(mail + hidden + "\n--b--\n");
        assertThat(reading.overLimit() || isFound(reading))
            .as("%s behind %s", hidden, decoy)
            .isTrue();
      }
    }
  }

  private static final String IN_BASE64 = "\nContent-Transfer-Encoding: base64\n\n";

  /** Each format that a part declares, or that is known by how a part begins, as such a part. */
  private static List<String> parts(String content) {
    String uri = "data:application/zip;base64," + Mails.base64(content).replace("\n", "");
    String text = "Content-Type: text/plain; format=flowed; delsp=yes\n\n";
    return List.of(
        "Content-Type: application/pkcs7-mime"
            + IN_BASE64
            + Mails.base64(PackedEvasions.packed(content)),
        "Content-Type: a/octet-stream" + IN_BASE64 + Mails.base64(PackedEvasions.message(content)),
        "Content-Type: application/ms-tnef"
            + IN_BASE64
            + Mails.base64(PackedEvasions.winmail(content)),
        "Content-Type: text/html\n\n<a href=\"" + uri + "\">x</a>\n",
        "Content-Type: text/html\n\n<a href=\"" + uri.replace(";b", ";x='a,b';b") + "\">x</a>\n",
        "Content-Type: message/external-body; URL*0=\""
            + uri.substring(0, 40)
            + "\";\n URL*1=\""
            + uri.substring(40)
            + "\"\n\nContent-Type: application/zip\n",
        text
            + "begin-base64 644 a\n"
            + Mails.base64(content).replaceAll("(.{16})", "$1 \n")
            + "====\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 30, 1000, 10_000})
  void whatAPartDeclaresIsFoundBehindDecoysOrOverALimit(int decoys) throws Exception {
    String head = "Content-Type: multipart/mixed; boundary=b\n\n";
    List<String> hidden = parts(Mails.eicar());
    List<String> harmless = parts("This is a decoy, and harmless: 00000.");
    for (int i = 0; i < hidden.size(); i++) {
      for (int other : new int[] {i, (i + 1) % harmless.size()}) {
        StringBuilder mail = new StringBuilder(head);
        for (int j = 0; j < decoys; j++) {
          mail.append("--b\n").append(harmless.get(other)).append('\n');
        }
        mail.append("--b\n").append(hidden.get(i)).append("\n--b--\n");
        Reading reading = read(mail.toString());
        assertThat(reading.overLimit() || isFound(reading))
            .as("%s behind %s", hidden.get(i), harmless.get(other))
            .isTrue();
      }
    }
  }

  /** All within one part, where each is one of many. */
  @ParameterizedTest
  @ValueSource(ints = {1, 30, 1000, 10_000})
  void whatIsOneOfManyInItsPartIsFoundBehindDecoysOrOverALimit(int decoys) throws Exception {
    String decoy = "data:;base64," + Mails.base64("harmless, ").strip();
    String uri = "data:;base64," + Mails.base64(Mails.eicar()).replace("\n", "");
    StringBuilder links = new StringBuilder("Content-Type: text/html\n\n");
    StringBuilder pieces = new StringBuilder("Content-Type: message/external-body");
    StringBuilder attributes = new StringBuilder();
    StringBuilder packets = new StringBuilder();
    StringBuilder contents = new StringBuilder("0\u0080");
    for (int i = 0; i < decoys; i++) {
      links.append("<a href='").append(decoy).append(i).append("'>x</a>\n");
      pieces.append(";\n u").append(i).append("*0=\"").append(decoy).append(i).append('"');
      attributes.append(PackedEvasions.attribute(2, 0x6800f, "harmless, " + i));
      packets.append(PackedEvasions.message("harmless, " + i));
      contents.append(PackedEvasions.DATA).append("\u00a0\u0080").append(Evasions.string("" + i));
    }
    attributes.append(PackedEvasions.attribute(2, 0x6800f, Mails.eicar()));
    packets.append(PackedEvasions.message(Mails.eicar()));
    contents.append(PackedEvasions.DATA).append("\u00a0\u0080");
    contents.append(Evasions.string(Mails.eicar()));
    pieces.append(";\n url*0=\"").append(uri, 0, 40).append("\"; url*1=\"");
    pieces.append(uri.substring(40)).append("\"\n\nContent-Type: a/b\n\n");
    String base64 = "Content-Type: a/octet-stream" + IN_BASE64;
    for (String mail :
        List.of(
            links + "<a href='" + uri + "'>x</a>\n",
            pieces.toString(),
            base64 + Mails.base64(PackedEvasions.tnef(attributes.toString())),
            base64 + Mails.base64(packets.toString()),
            base64 + Mails.base64(contents.toString()))) {
      Reading reading = read("Subject: x\n" + mail);
      assertThat(reading.overLimit() || isFound(reading)).as(mail.substring(0, 40)).isTrue();
    }
  }

  /** Pieces of files that somebody may put together, among pieces that belong to nothing. */
  @ParameterizedTest
  @ValueSource(ints = {1, 30, 1000, 10_000})
  void aFileInPiecesIsFoundBehindDecoysOrOverALimit(int decoys) throws Exception {
    String first = Mails.eicar().substring(0, 30);
    String second = Mails.eicar().substring(30);
    StringBuilder mail = new StringBuilder("Subject: x\n\n");
    for (int i = 0; i < decoys; i++) {
      mail.append(PieceEvasions.piece(i + 3, "1", "decoy " + i)).append('\n');
    }
    mail.append(PieceEvasions.piece(2, "31", second)).append('\n');
    mail.append(PieceEvasions.piece(1, "1", first)).append('\n');
    Reading reading = read(mail.toString());
    assertThat(reading.overLimit() || isFound(reading)).isTrue();
  }

  /** What many of these formats are in one mail, as a digest of a newsgroup has them. */
  @Test
  void aDigestWithSomeFilesInTextIsNotOverALimit() throws Exception {
    StringBuilder mail = new StringBuilder("Subject: digest\n\n");
    for (int i = 0; i < 40; i++) {
      mail.append("Message ").append(i).append(" has this file:\n\n");
      mail.append(FILE.formatted(Evasions.uuencode("a text of its own, " + i)));
    }
    Reading reading = read(mail.toString());
    assertThat(reading.overLimit()).isFalse();
    assertThat(isFound(reading, "a text of its own, 39")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 30, 1000, 10_000})
  void whatIsDeclaredIsFoundWhateverLooksEncodedBeforeIt(int decoys) throws Exception {
    String decoy = "QUJDREVG".repeat(8) + "\n-\n";
    String mail =
        Mails.multipart(
            Mails.text(decoy.repeat(decoys)), Mails.attachment("filename=a", Mails.eicar()));
    Reading reading = read(mail);
    assertThat(reading.overLimit()).isFalse();
    assertThat(isFound(reading)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 30, 1000, 10_000})
  void theStrongestEvidenceIsTriedFirst(int decoys) throws Exception {
    String base64 = Mails.base64(Mails.eicar()).strip();
    StringBuilder mail = new StringBuilder("A: b\n\n");
    for (int i = 0; i < decoys; i++) {
      mail.append(Mails.base64(text(random(180 + i % 50)))).append("\n-\n");
    }
    Reading reading = read(mail + base64 + "\n");
    assertThat(reading.overLimit()).isFalse();
    assertThat(isFound(reading)).isTrue();
  }

  /** As many pieces between empty lines as nobody would read, and one that begins like a file. */
  @Test
  void amongManyPiecesThatWhichBeginsLikeAFileIsRead() throws Exception {
    String base64 = Mails.base64(Mails.eicar()).strip();
    Reading reading = read("A: b\n\n" + "QUJDR\n\n".repeat(2001) + base64 + "\n");
    assertThat(reading.overLimit()).isFalse();
    assertThat(isFound(reading)).isTrue();
  }
}
