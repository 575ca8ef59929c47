package org.qscan.qmail.diversion;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Tells qscan-client, of any version, from other programs: by a sentence that only it contains. A
 * comparison with the qscan-client of this installation would take one of an older version for the
 * real qmail-queue.
 */
final class ClientProgram {

  /** From usage() of qscan-client.c; a test asks the program itself. */
  static final String MARK = "usage: qscan-client [";

  /** It is a tenth of this; a file that is larger is something else. */
  private static final int LARGEST = 16 << 20;

  private ClientProgram() {}

  /**
   * Whether this file is a qscan-client. One that cannot be read is not: qscan-client may be read
   * by everybody, and qmail's qmail-queue by nobody but root.
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
