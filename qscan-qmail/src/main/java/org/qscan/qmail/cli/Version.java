package org.qscan.qmail.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.IVersionProvider;

/** The version of QScan and of the Java it runs on. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() throws IOException {
    return new String[] {
      "qscan " + ofQscan(), "Java " + Runtime.version() + " in " + System.getProperty("java.home")
    };
  }

  private static String ofQscan() throws IOException {
    try (InputStream in = Version.class.getResourceAsStream("version")) {
      return in == null ? "?" : new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
    }
  }
}
