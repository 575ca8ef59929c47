package org.qscan.engine.scan;

import java.nio.file.Path;
import org.qscan.engine.ScanFailure;

/** Judges the files of one message. One instance serves many messages, on many threads. */
public interface Scanner {

  /** The name used in configuration and log. */
  String name();

  /**
   * Scans all files below a directory.
   *
   * @param directory absolute; every file in it has a name of ours
   * @param session the id of the session, which marks children
   * @return what the scanner says, where its status and its text agree
   * @throws ScanFailure if the scanner cannot be run, ends in an unknown way, says something
   *     unknown, or contradicts itself
   */
  Finding scan(Path directory, String session) throws ScanFailure;
}
