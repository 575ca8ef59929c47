package org.qscan.engine.gate;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Removes directories with everything in them. It never follows a symbolic link. */
final class Trees {

  private static final int ATTEMPTS = 10;

  private Trees() {}

  /**
   * Removes the tree. It is no error if it does not exist. Paths come from the directory stream
   * itself, which can handle names that are not valid text in any charset. Files that another
   * thread adds meanwhile, because it does not know yet that the session has ended, are removed as
   * well.
   */
  static void remove(Path path) throws IOException {
    for (int attempt = 0; ; attempt++) {
      try {
        Files.deleteIfExists(path); // most are files, and it looks by itself whether this is one
        return;
      } catch (DirectoryNotEmptyException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
      empty(path);
    }
  }

  private static void empty(Path directory) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        remove(entry);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    } catch (NoSuchFileException e) {
      // Somebody else has removed it.
    }
  }
}
