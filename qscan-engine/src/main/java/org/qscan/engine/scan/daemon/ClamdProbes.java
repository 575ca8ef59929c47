package org.qscan.engine.scan.daemon;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Harmless archives that clamd cannot look into: a clamd that calls them OK does not say so. */
final class ClamdProbes {

  /**
   * Far beyond MaxRecursion, which is 17 by default, and more than 100 where deep forwards are to
   * pass.
   */
  private static final int DEPTH = 400;

  private ClamdProbes() {}

  /** A zip with one entry that its header calls encrypted. */
  static byte[] encrypted() {
    byte[] zip = zip("secret.txt", "x".repeat(64).getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i + 8 < zip.length; i++) {
      boolean header = zip[i] == 'P' && zip[i + 1] == 'K';
      if (header && zip[i + 2] == 3 && zip[i + 3] == 4) {
        zip[i + 6] |= 1; // general purpose flags of the local header
      } else if (header && zip[i + 2] == 1 && zip[i + 3] == 2) {
        zip[i + 8] |= 1; // and of the directory
      }
    }
    return zip;
  }

  /** A zip in a zip in a zip. */
  static byte[] nested() {
    byte[] inner = "Nothing to be found here.\n".getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < DEPTH; i++) {
      inner = zip("a.zip", inner);
    }
    return inner;
  }

  private static byte[] zip(String name, byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setLevel(Deflater.NO_COMPRESSION); // each is compressed as often as it is deep
      zip.putNextEntry(new ZipEntry(name));
      zip.write(content);
      zip.closeEntry();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // nothing is written but memory
    }
    return bytes.toByteArray();
  }
}
