package org.qscan.engine.testing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** Finds the EICAR test file as a scanner does: in a file by itself, or in a zip archive. */
public final class Eicar {

  /** With white space behind it the file may be so long (eicar.org). */
  private static final int LONGEST = 128;

  private static final String NAME = "eicar.com";

  private Eicar() {}

  /** EICAR in a zip archive, the same octets whenever a test runs. */
  public static String zip() {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(octets)) {
      ZipEntry entry = new ZipEntry(NAME);
      entry.setTimeLocal(LocalDateTime.of(2003, 1, 1, 0, 0));
      zip.putNextEntry(entry);
      zip.write(Mails.octets(Mails.eicar()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return octets.toString(StandardCharsets.ISO_8859_1);
  }

  /** Whether a file of a directory has it. */
  public static boolean isIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] content = Files.readAllBytes(file);
        if (isEicar(content) || isInZip(content)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isEicar(byte[] content) {
    String text =
        new String(content, 0, Math.min(content.length, 1000), StandardCharsets.ISO_8859_1);
    return text.startsWith(Mails.eicar())
        && text.length() <= LONGEST
        && text.substring(Mails.eicar().length()).isBlank();
  }

  private static boolean isInZip(byte[] content) {
    if (content.length < 4 || content[0] != 'P' || content[1] != 'K') {
      return false;
    }
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(content))) {
      while (zip.getNextEntry() != null) {
        if (isEicar(zip.readNBytes(LONGEST + 1))) {
          return true;
        }
      }
    } catch (IOException | IllegalArgumentException e) { // the latter: a name that is no UTF-8
      // Broken: no scanner gets more of it.
    }
    return false;
  }
}
