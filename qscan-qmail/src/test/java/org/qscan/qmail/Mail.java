package org.qscan.qmail;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Base64;

/** Messages and envelopes for the tests. */
final class Mail {

  static final byte[] ENVELOPE = octets("Fsender@a.test\0Trecipient@b.test\0\0");

  /** Put together at run time: a scanner that looks at this checkout has nothing to find. */
  private static final String EICAR =
      String.join(
          "", "X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD", "-ANTIVIRUS-TEST-FILE!", "$H+H*");

  private Mail() {}

  /** A message with a text of its own, so that two of them can be told apart. */
  static byte[] clean(String text) {
    return octets(header(text) + "\n" + text + "\n");
  }

  /** EICAR as the only attachment, in base64. */
  static byte[] eicar(String text) {
    return withAttachment(text, "eicar.com", octets(EICAR));
  }

  /** EICAR as the last attachment, behind one of the given size. */
  static byte[] eicarBehind(int octets, String text) {
    return octets(
        header(text)
            + "Content-Type: multipart/mixed; boundary=\"b\"\n\n--b\n"
            + part("first.bin", new byte[octets])
            + "--b\n"
            + part("eicar.com", octets(EICAR))
            + "--b--\n");
  }

  /** The test file itself. */
  static byte[] eicarFile() {
    return octets(EICAR);
  }

  /**
   * A text and an attachment.
   *
   * @param name as it stands in the header, between quotes
   */
  static byte[] withAttachment(String text, String name, byte[] attachment) {
    return octets(
        header(text)
            + "Content-Type: multipart/mixed; boundary=\"b\"\n\n"
            + "--b\nContent-Type: text/plain\n\n"
            + text
            + "\n--b\n"
            + part(name, attachment)
            + "--b--\n");
  }

  private static String header(String text) {
    return "From: sender@a.test\nTo: recipient@b.test\nSubject: " + text + "\nMIME-Version: 1.0\n";
  }

  private static String part(String name, byte[] content) {
    return "Content-Type: application/octet-stream; name=\""
        + name
        + "\"\nContent-Disposition: attachment; filename=\""
        + name
        + "\"\nContent-Transfer-Encoding: base64\n\n"
        + new String(Base64.getMimeEncoder().encode(content), ISO_8859_1)
        + "\n";
  }

  /** A char for each octet. */
  static String text(byte[] octets) {
    return new String(octets, ISO_8859_1);
  }

  /** One char an octet. */
  static byte[] octets(String text) {
    return text.getBytes(ISO_8859_1);
  }
}
