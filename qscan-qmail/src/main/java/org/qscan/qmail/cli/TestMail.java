package org.qscan.qmail.cli;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Mail to try an installation with: a text and an attachment. */
final class TestMail {

  /** Of an envelope sender that a bounce never has; policies for bounces do not apply. */
  static final String SENDER = "qscan-check@localhost";

  private TestMail() {}

  /** Harmless. */
  static byte[] clean() {
    return mail("QScan: clean test mail", "hello.bin", "Nothing to be found here.\n");
  }

  /** With the test file of eicar.org, which every scanner finds and nobody need fear. */
  static byte[] eicar() {
    // Joined when it runs: a scanner that looks into our own jar has nothing to find.
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
   * An envelope without recipients: qmail-send takes such a message off its queue and delivers it
   * to nobody, should it ever come so far.
   */
  static byte[] envelope() {
    return ("F" + SENDER + "\0\0").getBytes(StandardCharsets.US_ASCII);
  }
}
