package org.qscan.qmail.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.qscan.engine.EngineConfig;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.gate.WorkDirectory;

/** Checks whether the work directory is safe to work in for this user. */
final class WorkDirectoryCheck {

  private static final String WHAT = "work.directory";
  private static final long MIB = 1 << 20;

  /** If less than this is free, a few large messages fill the disk. */
  private static final long LITTLE = 100 * MIB;

  private WorkDirectoryCheck() {}

  static void run(Configuration configuration, Findings findings) {
    EngineConfig config = EngineConfig.from(configuration);
    try {
      Path path = WorkDirectory.open(config.workDirectory(), config.groupReads()).path();
      findings.ok(
          WHAT, path + " " + PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
      long free = WorkDirectory.usableBytes(path);
      if (free < LITTLE) {
        findings.note(WHAT, "only " + free / MIB + " MiB are free there");
      }
    } catch (ScanFailure e) {
      findings.fail(WHAT, e.getMessage());
    } catch (IOException e) {
      findings.fail(WHAT, "work.directory cannot be read: " + ScanFailure.inWords(e));
    }
  }
}
