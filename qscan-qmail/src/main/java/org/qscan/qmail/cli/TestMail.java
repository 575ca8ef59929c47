package org.qscan.qmail.cli;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Mail for trying an installation: a text and an attachment. */
final class TestMail {

  /** The envelope sender. A bounce never has it, so policies for bounces do not apply. */
  static final String SENDER = "qscan-check@localhost";

  private TestMail() {}

  /** A harmless mail. */
  static byte[] clean() {
    return mail("QScan: clean test mail", "hello.bin", "Nothing to be found here.\n");
  }

  /** A mail with the test file of eicar.org, which every scanner finds, and which is harmless. */
  static byte[] eicar() {
    // Joined at run time, so that a scanner finds nothing in our own jar.
    String eicar =
        String.join(
            "",
            "X5O!P%@AP[4\\PZX54(P^)7CC)7}$",
            "EICAR-STANDARD",
            "-ANTIVIRUS-TEST-FILE!",
            "$H+H*");
    return mail("QScan: EICAR test mail", "eicar.com", eicar);
  }

  private static byte[] mail(String subject, String name, String attachment) {
    String encoded =
        Base64.getMimeEncoder().encodeToString(attachment.getBytes(StandardCharsets.US_ASCII));
    return String.join(
            "\n",
            "From: " + SENDER,
            "To: nobody@localhost",
            "Subject: " + subject,
            "MIME-Version: 1.0",
            "Content-Type: multipart/mixed; boundary=\"qscan\"",
            "",
            "--qscan",
            "Content-Type: text/plain",
            "",
            "A test of the mail filter.",
            "--qscan",
            "Content-Type: application/octet-stream; name=\"" + name + "\"",
            "Content-Disposition: attachment; filename=\"" + name + "\"",
            "Content-Transfer-Encoding: base64",
            "",
            encoded,
            "--qscan--",
            "")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * An envelope without recipients. Even if such a message is queued, qmail-send removes it from
   * its queue and delivers it to nobody.
   */
  static byte[] envelope() {
    return ("F" + SENDER + "\0\0").getBytes(StandardCharsets.US_ASCII);
  }
}
