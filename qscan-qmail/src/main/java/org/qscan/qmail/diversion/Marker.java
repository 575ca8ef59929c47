package org.qscan.qmail.diversion;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * What {@code qscan enable} has done, as it is noted in the file of the key enabled.file. By this
 * note, "was put in place, but no longer is" can be told from "was never put in place".
 *
 * @param queue the name that qscan-client was put under, {@code /var/qmail/bin/qmail-queue}
 * @param realDigest the SHA-256 of the real qmail-queue at that time, in hex; after an upgrade of
 *     qmail, the file from before is recognised by it
 * @param since the time of that
 */
public record Marker(Path queue, String realDigest, Instant since) {

  private static final String QUEUE = "queue";
  private static final String REAL = "real.sha256";
  private static final String SINCE = "since";

  /**
   * Reads the note.
   *
   * @param file the value of enabled.file
   * @throws java.nio.file.NoSuchFileException if qscan-client was not put in place, or was taken
   *     out again
   * @throws IOException if the file cannot be read, or was not written by QScan
   */
  static Marker read(Path file) throws IOException {
    Map<String, String> values = new HashMap<>();
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        values.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    try {
      return new Marker(
          Path.of(value(values, QUEUE)), value(values, REAL), Instant.parse(value(values, SINCE)));
    } catch (IllegalArgumentException | java.time.DateTimeException e) {
      throw new IOException("it is not as 'qscan enable' writes it", e);
    }
  }

  private static String value(Map<String, String> values, String name) throws IOException {
    String value = values.getOrDefault(name, "");
    if (value.isEmpty()) {
      throw new IOException("it has no line " + name + "=, as 'qscan enable' writes it");
    }
    return value;
  }

  /**
   * Writes the note, so that the file is either complete or does not exist, even if the power
   * fails.
   */
  void write(Path file) throws IOException {
    Path directory = makeDirectory(file);
    List<String> lines =
        List.of(
            "# Written by 'qscan enable', removed by 'qscan disable'. 'qscan check' and qscand read it.",
            QUEUE + "=" + queue,
            REAL + "=" + realDigest,
            SINCE + "=" + since.truncatedTo(ChronoUnit.SECONDS),
            "");
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    try (FileChannel channel =
        FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer text = StandardCharsets.UTF_8.encode(String.join("\n", lines));
      while (text.hasRemaining()) {
        channel.write(text);
      }
      channel.force(true);
    }
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r--r--"));
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    sync(directory);
  }

  /**
   * Makes the directory of the file if it does not exist. Everybody can read it, whatever the
   * umask.
   */
  static Path makeDirectory(Path file) throws IOException {
    Path directory = file.resolveSibling(".");
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory.normalize());
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    return directory;
  }

  /** Whether everybody may read the file, as {@link #write} makes it. */
  static boolean isReadable(Path file) throws IOException {
    return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
  }

  /** Makes the names in a directory survive a loss of power. */
  static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** SHA-256 of a file, in hex. */
  static String digest(Path file) throws IOException {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
