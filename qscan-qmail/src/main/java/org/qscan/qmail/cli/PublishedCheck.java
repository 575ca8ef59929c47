package org.qscan.qmail.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;
import org.qscan.qmail.daemon.Published;

/**
 * Checks whether qscan-client uses the timeouts and exit codes of the configuration, or others that
 * qscand has read earlier and published.
 */
final class PublishedCheck {

  private static final String WHAT = "qscan-client";

  private PublishedCheck() {}

  static void run(Configuration configuration, Findings findings) {
    Path file = Published.file(configuration);
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
        int equals = line.indexOf('=');
        Key key = equals < 0 ? null : Key.of(line.substring(0, equals));
        if (key != null && Published.KEYS.contains(key)) {
          compare(key, line.substring(equals + 1), configuration, file, findings);
        }
      }
    } catch (NoSuchFileException e) {
      // No qscand has run here, so qscan-client uses the configuration.
    } catch (IOException e) {
      findings.note(
          WHAT, file + " cannot be read, so it is not compared: " + ScanFailure.inWords(e));
    }
  }

  private static void compare(
      Key key, String inForce, Configuration configuration, Path file, Findings findings) {
    String configured = configuration.text(key);
    if (!inForce.equals(configured)) {
      findings.note(
          WHAT,
          "uses "
              + key.text()
              + "="
              + inForce
              + ", which qscand wrote to "
              + file
              + ", but the configuration has "
              + configured
              + " ("
              + configuration.source(key)
              + "): send HUP to qscand");
    }
  }
}
