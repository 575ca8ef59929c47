package org.qscan.qmail.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * {@code lib/cache}: at most one class archive, and {@code settings}, which tells {@code
 * lib/launch} of it. Both are written to other names and then renamed, the archive first, so that a
 * process that starts meanwhile finds either the old pair or the new one.
 *
 * @param home the directory that contains lib
 */
record CacheDirectory(Path home) {

  private static final int ID_DIGITS = 16;

  Path path() {
    return home.resolve("lib/cache");
  }

  Path jar() {
    return home.resolve("lib/qscan.jar");
  }

  /** Makes the directory, readable by all: every user that sends mail starts qscan-queue. */
  void make() throws IOException {
    Files.createDirectories(path());
    Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  boolean isWritable() {
    return Files.isWritable(Files.isDirectory(path()) ? path() : home.resolve("lib"));
  }

  /** The id that was put beside the jar when it was built; empty if there is none. */
  String buildId() {
    try {
      return Files.readString(home.resolve("lib/build-id"), StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /** The SHA-256 of the jar, in hexadecimal. */
  String jarId() throws IOException {
    try (InputStream in = Files.newInputStream(jar())) {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[65536];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sha256.update(buffer, 0, n);
      }
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  /** The path of the archive for this jar. */
  Path archive(String jarId, ArchiveKind kind) {
    return path().resolve("qscan-" + jarId.substring(0, ID_DIGITS) + "." + kind.suffix());
  }

  /** Moves a finished archive to its place, tells the launcher, and removes older ones. */
  void install(Path built, Path archive, Jdk jdk, ArchiveKind kind, String jarId)
      throws IOException {
    Files.setPosixFilePermissions(built, PosixFilePermissions.fromString("rw-r--r--"));
    Files.move(built, archive, StandardCopyOption.ATOMIC_MOVE);
    Path beside = Files.createTempFile(path(), ".settings", "");
    Files.writeString(
        beside,
        "# Written by 'qscan install-cache', read by lib/launch. Without this file the newest JDK\n"
            + "# runs, with no archive.\n"
            + "build="
            + quoted(jarId)
            + "\nrelease="
            + quoted(jdk.release())
            + "\njava="
            + quoted(jdk.java().toString())
            + "\narchive="
            + quoted(kind.use() + archive)
            + "\n");
    Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString("rw-r--r--"));
    FileTime ofJar = Files.getLastModifiedTime(jar());
    if (ofJar.compareTo(Files.getLastModifiedTime(beside)) >= 0) { // a jar from the future
      Files.setLastModifiedTime(beside, FileTime.fromMillis(ofJar.toMillis() + 1000));
    }
    Files.move(beside, path().resolve("settings"), StandardCopyOption.ATOMIC_MOVE);
    removeBut(archive);
  }

  private void removeBut(Path archive) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(path(), "qscan-*.{aot,jsa}")) {
      for (Path one : all) {
        if (!one.equals(archive)) {
          Files.delete(one);
        }
      }
    }
  }

  /** A word for sh. */
  static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
