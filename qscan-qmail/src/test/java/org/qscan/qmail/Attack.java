package org.qscan.qmail;

import java.util.Base64;
import java.util.Locale;
import java.util.Random;
import java.util.function.Function;

/**
 * Mail that costs far more than ordinary mail of its size, of the kinds that were seen to stop
 * everybody else's. No two of a kind are the same.
 */
enum Attack {
  RIPMIME_SEMICOLONS(random ->
      "From: a@b.test\nMIME-Version: 1.0\nContent-Type: text/plain"
          + ";a".repeat(44_000)
          + "\n\nbody "
          + random.nextLong()
          + "\n"),
  PARAMETERS(random ->
      "From: a@b.test\nSubject: "
          + random.nextLong()
          + "\n"
          + upTo(98_000, parameters())
          + "\nx\n"),
  PARAMETERS_IN_BASE64(
      random -> inBase64(random.nextLong() + "\n" + upTo(43_000, parameters()), 60)),
  MANY_PARTS(random -> {
    StringBuilder mail = new StringBuilder(multipart());
    for (int i = 0; i < 1900; i++) {
      mail.append("--b\nContent-Type: text/plain; name=\"f.txt\"\n\n");
      mail.append(hex(random, 230)).append('\n');
    }
    return mail.append("--b--\n").toString();
  }),
  SAME_NAME(random -> {
    StringBuilder mail = new StringBuilder(multipart());
    for (int i = 0; i < 1900; i++) {
      mail.append("--b\nContent-Type: application/octet-stream; name=\"same.dat\"\n");
      mail.append("Content-Transfer-Encoding: base64\n\n");
      mail.append(Base64.getEncoder().encodeToString(octets(random, 8))).append('\n');
    }
    return mail.append("--b--\n").toString();
  }),
  MANY_NAMES(random -> {
    StringBuilder mail = new StringBuilder("From: a@b.test\n");
    for (int i = 0; i < 20_000; i++) {
      mail.append("content-type: a/b; name=").append(hex(random, 12)).append('\n');
    }
    return mail.append("\nx\n").toString();
  }),
  MANY_BOUNDARIES(random -> {
    StringBuilder mail = new StringBuilder("From: a@b.test\n");
    for (int i = 0; i < 4900; i++) {
      mail.append("content-type: a/b; boundary=").append(hex(random, 60)).append('\n');
    }
    return mail.append("\nx\n").toString();
  }),
  MANY_ENTITIES(random -> {
    StringBuilder mail = new StringBuilder("From: a@b.test\nContent-Type: text/html\n\n<html>\n");
    for (int i = 0; i < 9000; i++) {
      mail.append("<!ENTITY e").append(i).append(" '").append(hex(random, 20)).append("'>\n");
    }
    for (int i = 0; i < 9000; i++) {
      mail.append("&e").append(i).append(";\n");
    }
    return mail.toString();
  }),
  MANY_FIELDS(random -> {
    StringBuilder mail = new StringBuilder("Subject: " + random.nextLong() + "\n");
    for (int i = 0; i < 40_000; i++) {
      mail.append("content:").append(i).append('\n');
    }
    return mail.append("\nx\n").toString();
  }),
  MANY_BEGINNINGS(random -> {
    StringBuilder mail = new StringBuilder("Subject: " + random.nextLong() + "\n\n");
    for (int i = 0; i < 1900; i++) {
      mail.append("begin 644 f").append(i).append("\n#0V%T\n`\nend\n");
    }
    return mail.toString();
  });

  @SuppressWarnings("ImmutableEnumChecker") // it keeps nothing
  private final Function<Random, String> made;

  Attack(Function<Random, String> made) {
    this.made = made;
  }

  /** One of them. */
  byte[] mail(Random random) {
    return Mail.octets(made.apply(random));
  }

  /** A text and a document of 37,500 octets, or a part of that, as people send them. */
  static byte[] ordinary(Random random) {
    StringBuilder mail = new StringBuilder(multipart());
    mail.append("--b\nContent-Type: text/plain\n\n");
    int lines = random.nextInt(500);
    for (int i = 0; i < lines; i++) {
      mail.append("Dear all, this is line ").append(i).append(" of an ordinary text.\n");
    }
    mail.append("\n--b\nContent-Type: application/pdf; name=\"a.pdf\"\n");
    mail.append("Content-Transfer-Encoding: base64\n\n");
    byte[] document = octets(random, 1 + random.nextInt(37_500));
    mail.append(Mail.text(Base64.getMimeEncoder(76, new byte[] {'\n'}).encode(document)));
    return Mail.octets(mail.append("\n--b--\n").toString());
  }

  private static String multipart() {
    return "From: a@example.test\nTo: b@example.test\nSubject: cost\nMIME-Version: 1.0\n"
        + "Content-Type: multipart/mixed; boundary=\"b\"\n\n";
  }

  private static String parameters() {
    StringBuilder field = new StringBuilder("Content-Type: a/b; ");
    for (int i = 0; i < 64; i++) {
      field.append(
          String.format(
              Locale.ROOT,
              "name*%d*=\"utf-8''(c\\\"%%41=?utf-16?b?QUJDRA==?=\";boundary*%d*=x%d;",
              i,
              i,
              i));
    }
    return field.append('\n').toString();
  }

  private static String upTo(int octets, String text) {
    return text.repeat(octets / text.length());
  }

  /** Base64 with empty lines in it: readers may begin at each of them. */
  private static String inBase64(String text, int gaps) {
    String[] lines =
        Base64.getMimeEncoder(76, new byte[] {'\n'})
            .encodeToString(Mail.octets(text))
            .split("\n", -1);
    StringBuilder mail = new StringBuilder("From: a@b.test\nMIME-Version: 1.0\n");
    mail.append("Content-Type: application/octet-stream\n");
    mail.append("Content-Transfer-Encoding: base64\n\n");
    int step = Math.max(1, lines.length / gaps);
    for (int i = 0; i < lines.length; i++) {
      mail.append(lines[i]).append(i % step == step - 1 ? "\n\n" : "\n");
    }
    return mail.toString();
  }

  private static String hex(Random random, int octets) {
    StringBuilder hex = new StringBuilder(2 * octets);
    for (byte octet : octets(random, octets)) {
      hex.append(Character.forDigit(octet >> 4 & 15, 16))
          .append(Character.forDigit(octet & 15, 16));
    }
    return hex.toString();
  }

  private static byte[] octets(Random random, int many) {
    byte[] octets = new byte[many];
    random.nextBytes(octets);
    return octets;
  }
}
