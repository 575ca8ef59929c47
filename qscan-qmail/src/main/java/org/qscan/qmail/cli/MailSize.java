package org.qscan.qmail.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;

/**
 * How large a message the mail server accepts: {@code control/databytes} of the qmail to which
 * {@code queue.program} belongs, see qmail-smtpd(8). A tcprules file can set another limit for
 * single hosts (DATABYTES); that is not checked.
 *
 * @param bytes the limit; {@link Long#MAX_VALUE} if there is none
 * @param inWords the limit with its file, for sentences
 */
record MailSize(long bytes, String inWords) {

  /** The limit of this installation. */
  static MailSize of(Configuration configuration) {
    Path bin = configuration.path(Key.QUEUE_PROGRAM).getParent();
    Path home = bin == null ? null : bin.getParent();
    if (home == null) {
      return any("it is not known which control/databytes counts");
    }
    Path file = home.resolve("control/databytes");
    try {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
      long bytes = leadingNumber(text);
      return bytes == 0
          ? any(file + " is " + (text.isEmpty() ? "empty" : text))
          : new MailSize(bytes, file + " is " + bytes);
    } catch (NoSuchFileException e) {
      return any(file + " does not exist");
    } catch (IOException e) {
      return any(file + " cannot be read (" + e + ")");
    }
  }

  private static MailSize any(String why) {
    return new MailSize(Long.MAX_VALUE, why + ", so qmail accepts messages of any size");
  }

  /**
   * The number at the beginning of a text, as qmail reads it (scan_ulong); 0 if there are no
   * digits.
   */
  private static long leadingNumber(String text) {
    long number = 0;
    for (int i = 0; i < text.length() && i < 18; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        break;
      }
      number = 10 * number + c - '0';
    }
    return number;
  }
}
