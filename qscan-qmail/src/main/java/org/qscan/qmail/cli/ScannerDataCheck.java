package org.qscan.qmail.cli;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;

/** The virus data of sweep, where the configuration says where they are. */
final class ScannerDataCheck {

  private static final String WHAT = "virus data";
  private static final String VARIABLE = "SAV_IDE";

  private ScannerDataCheck() {}

  static void run(Configuration configuration, Findings findings) {
    Map<String, String> variables = configuration.variables(Key.SWEEP_ENVIRONMENT);
    String directory = variables.get(VARIABLE);
    if (directory == null) {
      findings.note(
          WHAT,
          "sweep finds them by itself: sweep.environment has no "
              + VARIABLE
              + " to look at (sweep 4 and older need it)");
      return;
    }
    try {
      report(Path.of(directory), findings);
    } catch (IOException | DirectoryIteratorException e) {
      findings.fail(
          WHAT,
          VARIABLE + " in sweep.environment names " + directory + ", which cannot be read: " + e);
    }
  }

  private static void report(Path directory, Findings findings) throws IOException {
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
          WHAT, VARIABLE + " in sweep.environment names " + directory + ", where no data are");
    } else {
      findings.ok(WHAT, directory + ": " + files + " files, the newest of " + newest);
    }
  }
}
