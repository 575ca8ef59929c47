package org.qscan.qmail.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A Java development kit or runtime.
 *
 * @param home its directory
 * @param feature the first number of its version
 * @param release the line in its file {@code release} that differs between builds
 */
record Jdk(Path home, int feature, String release) {

  /** The JDK that runs this process: {@code bin/qscan} starts the newest one that it finds. */
  static Jdk running() throws CacheFailure {
    Path home = Path.of(System.getProperty("java.home"));
    Path file = home.resolve("release");
    try {
      for (String key : new String[] {"JAVA_RUNTIME_VERSION=", "JAVA_VERSION="}) {
        for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
          if (line.startsWith(key)) {
            return new Jdk(home, Runtime.version().feature(), line);
          }
        }
      }
    } catch (IOException e) {
      throw new CacheFailure(file + " cannot be read: no archive without it");
    }
    throw new CacheFailure(file + " names no version: no archive without it");
  }

  Path java() {
    return home.resolve("bin/java");
  }
}
