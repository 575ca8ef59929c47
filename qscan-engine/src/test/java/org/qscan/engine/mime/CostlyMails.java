package org.qscan.engine.mime;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.zip.Deflater;
import org.qscan.engine.testing.Mails;

/** Kinds of mail that cost more than their size says, of any size, and an ordinary one. */
final class CostlyMails {

  private static final int FEWEST = 8;

  private CostlyMails() {}

  /**
   * A kind of mail.
   *
   * @param mail of about so many octets
   */
  record Kind(String name, IntFunction<byte[]> mail) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Text, and the most of it an attachment, as most mail of some size is. */
  static byte[] ordinary(int size) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; text.length() < size / 3; i++) {
      text.append("Dear all, this is line ").append(i).append(" of an ordinary text.\n");
    }
    byte[] file = new byte[size / 2];
    new Random(size).nextBytes(file);
    return Mails.octets(
        "From: a@example.test\nTo: b@example.test\nSubject: cost\nMIME-Version: 1.0\n"
            + "Content-Type: multipart/mixed; boundary=\"b\"\n\n--b\nContent-Type: text/plain\n\n"
            + text
            + "\n--b\nContent-Type: application/pdf; name=\"a.pdf\"\n"
            + "Content-Transfer-Encoding: base64\n\n"
            + lines(file)
            + "\n--b--\n");
  }

  /** All kinds: those of {@link BombTest}, of {@link #more()}, and of {@link CostlyPackages}. */
  static List<Kind> all() {
    List<Kind> all = new ArrayList<>();
    for (BombTest.Family family : BombTest.families()) {
      all.add(
          new Kind(
              family.name(), size -> Mails.octets(family.mail().apply(repeats(family, size)))));
    }
    all.addAll(more());
    all.addAll(CostlyPackages.all());
    return all;
  }

  /** How often a family repeats what it is made of, to be so large. */
  private static int repeats(BombTest.Family family, int size) {
    double each = (family.mail().apply(1016).length() - family.mail().apply(16).length()) / 1000.0;
    return Math.max(FEWEST, (int) (size / each));
  }

  /** What was seen in November 2026, and what is like it. */
  static List<Kind> more() {
    String multipart = "Content-Type: multipart/mixed; boundary=\"b\"\n\n";
    return List.of(
        kind("parameters", n -> "From: a@b\n" + times(parameters(), n) + "\nx\n"),
        kind("parameters in base64", n -> inBase64(parameters(), n, 60)),
        kind("names in base64", n -> inBase64("Content-Type: a/b; name=c\n", n, 60)),
        kind("parts of text", n -> multipart + times(part(460), n) + "--b--\n"),
        kind("parts that differ", n -> multipart + differing("--b\n\n", n) + "--b--\n"),
        kind("parts of base64 that differ", n -> multipart + differing(encoded(), n) + "--b--\n"),
        kind("parts of one name", n -> multipart + times(named(), n) + "--b--\n"),
        kind("parts within parts", CostlyMails::nested),
        kind("mail within mail", CostlyMails::mailInMail),
        kind("base64 in base64", CostlyMails::base64InBase64),
        kind("parameters of no charset", n -> "From: a@b\n" + times(charsets(), n) + "\nx\n"),
        kind("charsets of a field", n -> "From: a@b\n" + field("; charset=x-", n) + "\nx\n"),
        kind("a long boundary", n -> longBoundary(n / 2, n / 2)),
        kind("boundaries that begin alike", CostlyMails::alike),
        kind("semicolons", n -> "Content-Type: text/plain" + ";a".repeat(n / 2) + "\n\nbody\n"),
        kind("compressed S/MIME", CostlyMails::compressed),
        kind("runs of BinHex", n -> "A: b\n\n" + Evasions.binhex("\u0090".repeat(n / 2))),
        kind("tags of a document", n -> "Content-Type: text/html\n\n" + times("<a>QUJD", n)),
        kind("quoted odds", n -> quoted() + times("=4=g1 =\t \n", n)),
        kind("odd base64", n -> "A: b\nContent-Transfer-Encoding: base64\n\n" + odd(n)));
  }

  private static Kind kind(String name, IntFunction<String> mail) {
    return new Kind(name, size -> Mails.octets(mail.apply(size)));
  }

  private static String times(String text, int size) {
    return text.repeat(Math.max(1, size / text.length()));
  }

  private static String encoded() {
    return "--b\nContent-Transfer-Encoding: base64\n\nQUJD";
  }

  /** So often this with four letters behind it, which are others each time. */
  private static String differing(String text, int size) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; all.length() < size; i++) {
      all.append(text);
      for (int shift = 12; shift >= 0; shift -= 4) {
        all.append((char) ('a' + (i >> shift & 15)));
      }
      all.append('\n');
    }
    return all.toString();
  }

  private static String field(String text, int size) {
    StringBuilder field = new StringBuilder("Content-Type: a/b");
    for (int i = 0; field.length() < size; i++) {
      field.append(text).append(i);
    }
    return field.append('\n').toString();
  }

  private static String parameters() {
    StringBuilder field = new StringBuilder("Content-Type: a/b; ");
    for (int i = 0; i < 64; i++) {
      field.append("name*").append(i).append("*=\"utf-8''(c\\\"%41=?utf-16?b?QUJDRA==?=\";");
      field.append("boundary*").append(i).append("*=x").append(i).append(';');
    }
    return field.append('\n').toString();
  }

  private static String charsets() {
    StringBuilder field = new StringBuilder("Content-Type: a/b");
    for (int i = 0; i < 64; i++) {
      field.append(";name*=c").append(i).append("''x");
    }
    return field.append('\n').toString();
  }

  /** The same again from each empty line. */
  private static String inBase64(String text, int size, int gaps) {
    byte[] raw = Mails.octets(times(text, size * 72 / 100));
    String[] lines = lines(raw).split("\n", -1);
    int step = Math.max(1, lines.length / gaps);
    StringBuilder mail = new StringBuilder();
    mail.append("From: a@b\nContent-Type: application/octet-stream\n");
    mail.append("Content-Transfer-Encoding: base64\n\n");
    for (int i = 0; i < lines.length; i++) {
      mail.append(lines[i]).append(i % step == step - 1 ? "\n\n" : "\n");
    }
    return mail.toString();
  }

  private static String part(int size) {
    return "--b\nContent-Type: text/plain; name=\"f.txt\"\n\n"
        + "0123456789".repeat(size / 10)
        + "\n";
  }

  private static String named() {
    return "--b\nContent-Type: application/octet-stream; name=\"same.dat\"\n"
        + "Content-Transfer-Encoding: base64\n\nQUJDREVGR0g=\n";
  }

  /** Forty multiparts, each within the one before, and all of the text in the last. */
  private static String nested(int size) {
    StringBuilder mail = new StringBuilder("Subject: x\n");
    for (int i = 0; i < 40; i++) {
      mail.append("Content-Type: multipart/mixed; boundary=b").append(i).append("\n\n--b");
      mail.append(i).append('\n');
    }
    return mail.append("Content-Type: text/plain\n\n").append(times("-- text\n", size)).toString();
  }

  private static String mailInMail(int size) {
    return times("Content-Type: message/rfc822\nSubject: x\n\n", size);
  }

  private static String base64InBase64(int size) {
    String mail = "Content-Type: text/plain\n\n" + times("hello\n\n", size / 20);
    while (mail.length() < size * 3 / 4) {
      mail = "Content-Transfer-Encoding: base64\n\n" + lines(Mails.octets(mail)) + "\n";
    }
    return mail;
  }

  private static String longBoundary(int length, int size) {
    String boundary = "b".repeat(Math.min(200_000, length));
    return "Content-Type: multipart/mixed; boundary=" + boundary + "\n\n" + times("--bbb\n", size);
  }

  /** Each a little shorter than the one before, and none the beginning of another. */
  private static String alike(int size) {
    StringBuilder mail = new StringBuilder();
    for (int i = 240; i > 0 && mail.length() < size / 2; i--) {
      mail.append("Content-Type: a/b; boundary=").append("b".repeat(i)).append("!\n");
    }
    return mail.append('\n').append(times("--" + "b".repeat(248) + "\n", size / 2)).toString();
  }

  /** Nothing, a thousand times as much of it as the mail is large. */
  private static String compressed(int size) {
    Deflater deflater = new Deflater(9);
    byte[] packed = new byte[size * 3 / 4];
    byte[] nothing = new byte[1 << 16];
    int length = 0;
    while (length < packed.length - 1024) {
      deflater.setInput(nothing);
      for (int n = 1; n > 0; length += n) {
        n = deflater.deflate(packed, length, packed.length - length, Deflater.SYNC_FLUSH);
      }
    }
    deflater.end();
    byte[] head = {
      0x30,
      (byte) 0x80,
      0x06,
      0x09,
      0x2a,
      (byte) 0x86,
      0x48,
      (byte) 0x86,
      (byte) 0xf7,
      0x0d,
      0x01,
      0x07,
      0x01,
      (byte) 0xa0,
      (byte) 0x80,
      0x04,
      (byte) 0x83,
      (byte) (length >> 16),
      (byte) (length >> 8),
      (byte) length
    };
    byte[] all = new byte[head.length + length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(packed, 0, all, head.length, length);
    return "Content-Type: application/pkcs7-mime\nContent-Transfer-Encoding: base64\n\n"
        + lines(all);
  }

  private static String quoted() {
    return "A: b\nContent-Transfer-Encoding: quoted-printable\n\n";
  }

  private static String odd(int size) {
    return times("QUJDR=E#\u00c1=QUJD=\nQ=UJ\n\n", size);
  }

  private static String lines(byte[] octets) {
    return new String(
        Base64.getMimeEncoder(76, new byte[] {'\n'}).encode(octets),
        java.nio.charset.StandardCharsets.ISO_8859_1);
  }
}
