package org.qscan.mailet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.qscan.engine.testing.Mails;

/** Mails as they travel: lines end with CRLF. */
final class Letter {

  private Letter() {}

  /** A mail of plain text, which can be told from others by its subject. */
  static byte[] clean(String subject) {
    return octets(
        head(subject) + "\n" + subject + " says hello.\n.\n..two dots, and one line more\n");
  }

  /** EICAR as an attachment in base64. */
  static byte[] eicar(String subject) {
    return withAttachment(subject, "eicar.com", Mails.octets(Mails.eicar()));
  }

  /** EICAR in a zip archive. */
  static byte[] zipped(String subject) {
    return withAttachment(subject, "a.zip", zip("eicar.com", Mails.octets(Mails.eicar())));
  }

  /** EICAR in a zip archive in a zip archive, in a mail that is an attachment. */
  static byte[] nested(String subject) {
    byte[] zip = zip("inner.zip", zip("eicar.com", Mails.octets(Mails.eicar())));
    String inner = new String(withAttachment(subject, "a.zip", zip), ISO_8859_1);
    return octets(
        head(subject)
            + "Content-Type: multipart/mixed; boundary=\"outer\"\n\n"
            + "--outer\nContent-Type: message/rfc822\n\n"
            + inner.replace("\r\n", "\n")
            + "\n--outer--\n");
  }

  /** A mail with an attachment. */
  static byte[] withAttachment(String subject, String name, byte[] content) {
    return octets(
        head(subject)
            + "Content-Type: multipart/mixed; boundary=\"b\"\n\n"
            + "--b\nContent-Type: text/plain\n\n"
            + subject
            + "\n--b\nContent-Type: application/octet-stream; name=\""
            + name
            + "\"\nContent-Disposition: attachment; filename=\""
            + name
            + "\"\nContent-Transfer-Encoding: base64\n\n"
            + Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(content)
            + "\n--b--\n");
  }

  /** A mail that has none of the headers that servers like to add. */
  static byte[] bare(String subject) {
    return octets("Subject: " + subject + "\n\nno date, no id, no sender: \u00e9\u00ff\n");
  }

  /** A mail of many small parts. */
  static byte[] parts(String subject, int count) {
    return octets(
        head(subject)
            + "Content-Type: multipart/mixed; boundary=\"b\"\n\n"
            + "--b\nContent-Type: text/plain\n\na part\n".repeat(count)
            + "--b--\n");
  }

  private static String head(String subject) {
    return "From: Alice <alice@example.com>\nTo: Bob <bob@example.org>\nSubject: "
        + subject
        + "\nDate: Sun, 22 Nov 2026 12:00:00 +0000\nMessage-ID: <"
        + subject.replaceAll("[^A-Za-z0-9]", ".")
        + "@example.com>\nX-Odd:  two  blanks\n\tand a tab \nMIME-Version: 1.0\n";
  }

  /** A zip archive with one file. */
  static byte[] zip(String name, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(content);
      zip.closeEntry();
    } catch (IOException e) {
      throw new IllegalStateException(e); // in memory
    }
    return out.toByteArray();
  }

  private static byte[] octets(String text) {
    return text.replace("\n", "\r\n").getBytes(ISO_8859_1);
  }
}
