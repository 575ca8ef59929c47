package org.qscan.engine.testing;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Mails to test with, as octets: strings here are read as ISO 8859-1. */
public final class Mails {

  private static final String BOUNDARY = "=_boundary";

  private Mails() {}

  /**
   * The EICAR test string. Assembled when it is needed, so that no scanner takes the sources away.
   */
  public static String eicar() {
    return "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*";
  }

  /** A mail of plain text. */
  public static String plain(String text) {
    return "From: a@example.org\nTo: b@example.org\nSubject: plain\n\n" + text;
  }

  /** A mail of many parts. */
  public static String multipart(String... parts) {
    StringBuilder mail = new StringBuilder();
    mail.append("From: a@example.org\nTo: b@example.org\nSubject: parts\nMIME-Version: 1.0\n");
    mail.append(body(BOUNDARY, parts));
    return mail.toString();
  }

  /**
   * Content type and body of a multipart.
   *
   * @param boundary that is in none of the parts
   * @param parts each with its headers
   */
  public static String body(String boundary, String... parts) {
    StringBuilder body = new StringBuilder();
    body.append("Content-Type: multipart/mixed; boundary=\"").append(boundary).append("\"\n\n");
    for (String part : parts) {
      body.append("--").append(boundary).append('\n').append(part).append('\n');
    }
    return body.append("--").append(boundary).append("--\n").toString();
  }

  /** A part of plain text. */
  public static String text(String text) {
    return "Content-Type: text/plain\n\n" + text;
  }

  /**
   * An attachment in base64.
   *
   * @param name what stands behind "attachment; ", as in {@code filename="a.doc"}
   * @param content what is in it
   */
  public static String attachment(String name, String content) {
    return "Content-Type: application/octet-stream\n"
        + "Content-Disposition: attachment; "
        + name
        + "\nContent-Transfer-Encoding: base64\n\n"
        + base64(content);
  }

  /** Content in base64, with line ends. */
  public static String base64(String content) {
    return Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(octets(content));
  }

  /** A multipart in a multipart in a multipart. */
  public static String nested(int depth) {
    String inner = text("the innermost");
    for (int i = 0; i < depth; i++) {
      inner = body("level" + i, inner);
    }
    return "Subject: nested\nMIME-Version: 1.0\n" + inner;
  }

  /** The octets of a mail. */
  public static byte[] octets(String mail) {
    return mail.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A mail to read. */
  public static InputStream stream(String mail) {
    return new ByteArrayInputStream(octets(mail));
  }

  /**
   * A mail of any size that is nowhere in memory.
   *
   * @param head its beginning
   * @param line repeated until the size is reached
   * @param size of all
   */
  public static InputStream endless(String head, String line, long size) {
    return new Repeating(octets(head), octets(line), size);
  }

  private static final class Repeating extends InputStream {
    private final byte[] head;
    private final byte[] line;
    private final long size;
    private long position;

    Repeating(byte[] head, byte[] line, long size) {
      this.head = head;
      this.line = line;
      this.size = size;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      if (position >= size) {
        return length == 0 ? 0 : -1;
      }
      int n = (int) Math.min(length, size - position);
      for (int i = 0; i < n; i++, position++) {
        bytes[offset + i] =
            position < head.length
                ? head[(int) position]
                : line[(int) ((position - head.length) % line.length)];
      }
      return n;
    }
  }
}
