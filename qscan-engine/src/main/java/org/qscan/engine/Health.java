package org.qscan.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.qscan.engine.config.Key;
import org.qscan.engine.gate.WorkDirectory;

/**
 * Whether messages could be scanned, as far as this can be seen from files.
 *
 * @param failures what prevents every scan, a sentence each
 * @param warnings what may soon prevent scans, a sentence each
 */
public record Health(List<String> failures, List<String> warnings) {

  /** With fewer bytes than this, a few large messages fill the disk. */
  private static final long LITTLE = 100 << 20;

  public Health {
    failures = List.copyOf(failures);
    warnings = List.copyOf(warnings);
  }

  /** The failures and warnings of both. */
  public Health and(Health other) {
    List<String> allFailures = new ArrayList<>(failures);
    allFailures.addAll(other.failures);
    List<String> allWarnings = new ArrayList<>(warnings);
    allWarnings.addAll(other.warnings);
    return new Health(allFailures, allWarnings);
  }

  static Health of(EngineConfig config) {
    List<String> failures = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    try {
      Path work = WorkDirectory.open(config.workDirectory(), config.groupReads()).path();
      long free = WorkDirectory.usableBytes(work);
      if (free < LITTLE) {
        warnings.add("work.directory " + work + " has only " + (free >> 20) + " MiB left");
      }
    } catch (ScanFailure e) {
      failures.add(e.getMessage());
    }
    if (config.extractors().contains("ripmime")) {
      program(Key.RIPMIME_PROGRAM, config.ripmime(), failures);
    }
    for (String scanner : config.scanners()) {
      switch (scanner) {
        case "sweep" -> program(Key.SWEEP_PROGRAM, config.sweep().program(), failures);
        case "savscan" -> program(Key.SAVSCAN_PROGRAM, config.savscan().program(), failures);
        case "avscanner" -> program(Key.AVSCANNER_PROGRAM, config.avscanner().program(), failures);
        default -> {} // a daemon: ScanEngine.scannerHealth asks it
      }
    }
    return new Health(failures, warnings);
  }

  private static void program(Key key, Path program, List<String> failures) {
    String trouble = trouble(program);
    if (!trouble.isEmpty()) {
      failures.add(key.text() + " " + program + " " + trouble);
    }
  }

  /**
   * Tells why the user of this process cannot start a program.
   *
   * @return the rest of a sentence that begins with the program; empty if the user can start it
   */
  public static String trouble(Path program) {
    if (!Files.exists(program)) {
      return "does not exist, or lies in a directory that this user cannot search";
    }
    if (!Files.isRegularFile(program)) {
      return "is not a file";
    }
    return Files.isExecutable(program) ? "" : "cannot be executed by this user";
  }
}
