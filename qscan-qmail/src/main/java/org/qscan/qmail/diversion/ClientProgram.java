package org.qscan.qmail.diversion;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Tells qscan-client, of any version, from other programs, by a text that only qscan-client
 * contains. A comparison with the qscan-client of this installation would take one of an older
 * version for the real qmail-queue.
 */
final class ClientProgram {

  /** From usage() of qscan-client.c; a test asks the program itself. */
  static final String MARK = "usage: qscan-client [";

  /**
   * The largest size of a qscan-client. It has a tenth of this; a larger file is another program.
   */
  private static final int LARGEST = 16 << 20;

  private ClientProgram() {}

  /**
   * Whether this file is a qscan-client. A file that cannot be read is not one: everybody may read
   * qscan-client, and only root may read qmail's qmail-queue.
   */
  static boolean is(Path file) {
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readNBytes(LARGEST);
    } catch (IOException e) {
      return false;
    }
    byte[] mark = MARK.getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i + mark.length <= content.length; i++) {
      if (content[i] == mark[0]
          && Arrays.equals(content, i, i + mark.length, mark, 0, mark.length)) {
        return true;
      }
    }
    return false;
  }
}
