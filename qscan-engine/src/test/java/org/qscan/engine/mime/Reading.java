package org.qscan.engine.mime;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.rules.RuleTiers;
import org.qscan.engine.store.PartStore;
import org.qscan.engine.testing.Mails;

/**
 * What the reader makes of a mail.
 *
 * @param parts what would be scanned beside the message itself
 * @param reader as it was when it ended
 * @param overLimit whether it gave up
 */
record Reading(List<byte[]> parts, GenerousReader reader, boolean overLimit) {

  /** Limits that none of the mails in these tests is meant to reach. */
  static final Limits WIDE = new Limits(2000, 50, 1L << 30);

  /** Reads a mail within {@link #WIDE} limits, and leaves its parts in {@code directory/parts}. */
  static GenerousReader into(Path directory, String mail) throws IOException, OverLimitException {
    Path raw = Files.write(directory.resolve("mail"), Mails.octets(mail));
    Path store = Files.createDirectory(directory.resolve("parts"));
    GenerousReader reader = new GenerousReader(PartStore.of(store), WIDE, RuleTiers.DEFAULT);
    reader.read(new ByteArrayInputStream(Mails.octets(mail)), raw);
    return reader;
  }

  /**
   * Reads a mail, even if it is over a limit.
   *
   * @param directory to work in; it is left as it was
   */
  static Reading of(byte[] mail, Path directory, Limits limits) throws IOException {
    Path raw = Files.write(directory.resolve("mail"), mail);
    Path store = Files.createDirectory(directory.resolve("parts"));
    GenerousReader reader = new GenerousReader(PartStore.of(store), limits, RuleTiers.DEFAULT);
    List<byte[]> parts = new ArrayList<>();
    boolean overLimit = false;
    try {
      reader.read(new ByteArrayInputStream(mail), raw);
    } catch (OverLimitException e) {
      overLimit = true;
    } finally {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(store)) {
        for (Path file : files) {
          parts.add(Files.readAllBytes(file));
          Files.delete(file);
        }
      }
      Files.delete(store);
      Files.delete(raw);
    }
    return new Reading(parts, reader, overLimit);
  }

  long bytes() {
    long bytes = 0;
    for (byte[] part : parts) {
      bytes += part.length;
    }
    return bytes;
  }
}
