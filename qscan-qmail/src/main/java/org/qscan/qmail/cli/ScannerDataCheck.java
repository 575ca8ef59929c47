package org.qscan.qmail.cli;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;

/** Checks the virus data of Sophos' programs, if the configuration says where they are. */
final class ScannerDataCheck {

  private static final String WHAT = "virus data";
  private static final String VARIABLE = "SAV_IDE";

  private ScannerDataCheck() {}

  static void run(Configuration configuration, Findings findings) {
    for (String scanner : configuration.list(Key.SCANNERS)) {
      Key environment = Key.of(scanner + ".environment");
      if (environment != null) {
        run(environment, configuration.variables(environment).get(VARIABLE), findings);
      }
    }
  }

  private static void run(Key key, @Nullable String directory, Findings findings) {
    if (directory == null) {
      return; // the program finds its data by itself
    }
    String named = VARIABLE + " in " + key.text() + " names " + directory;
    try {
      report(Path.of(directory), named, findings);
    } catch (IOException | DirectoryIteratorException e) {
      findings.fail(WHAT, named + ", which cannot be read: " + ScanFailure.inWords(e));
    }
  }

  private static void report(Path directory, String named, Findings findings) throws IOException {
    int files = 0;
    FileTime newest = FileTime.fromMillis(0);
    try (DirectoryStream<Path> data = Files.newDirectoryStream(directory, "*.{ide,IDE,vdb,dat}")) {
      for (Path file : data) {
        files++;
        FileTime time = Files.getLastModifiedTime(file);
        newest = time.compareTo(newest) > 0 ? time : newest;
      }
    }
    if (files == 0) {
      findings.fail(
          WHAT, named + ", where there are no virus data: install them there, or correct the path");
    } else {
      findings.ok(WHAT, directory + ": " + files + " files, the newest of " + newest);
    }
  }
}
