package org.qscan.engine.scan;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;

/**
 * Judges the files of one message. One instance serves many messages, on many threads. A scanner
 * that can scan several messages in little more time than one is a {@link GroupScanner}.
 */
public interface VirusScanner {

  /** The name in the configuration and in the log. */
  String name();

  /**
   * Scans all files below a directory.
   *
   * @param directory absolute; every file in it has a name of ours
   * @param session the id of the session, which marks children
   * @return what the scanner says, if its status and its text agree
   * @throws ScanFailure if the scanner cannot be run or reached, ends in an unknown way, says
   *     something unknown, or contradicts itself
   */
  Finding scan(Path directory, String session) throws ScanFailure;

  /** Whether it needs files. If not, it accepts octets in memory as well. */
  default boolean needsFiles() {
    return true;
  }

  /**
   * Like {@link #scan(Path, String)}, for files or octets in memory.
   *
   * @param input files, if the scanner {@linkplain #needsFiles needs} them
   * @param session as there
   * @throws ScanFailure as there
   */
  default Finding scan(ScanInput input, String session) throws ScanFailure {
    return scan(input.directory(), session);
  }

  /**
   * Ends the scan of this session, because its directory is about to be removed. The call of {@link
   * #scan} fails then. Children are not ended here: they are found by their mark.
   *
   * @param session the id given to {@link #scan(Path, String)}
   */
  default void cancel(String session) {}

  /**
   * The threats in these files that are known without asking the scanner, which may find more.
   *
   * @param input as in {@link #scan(ScanInput, String)}
   * @return none if nothing is known
   */
  default List<String> knownThreats(ScanInput input) {
    return List.of();
  }

  /** What the cache of this scanner has done. */
  default VerdictCache.Figures cacheFigures() {
    return new VerdictCache.Figures(0, 0, 0);
  }

  /**
   * Asks the scanner for its state, at each of its addresses: for the operator, and for the health
   * checks of front ends. This takes as long as a scan.
   *
   * @param session marks children
   */
  default List<EndpointHealth> health(String session) {
    return List.of();
  }

  /**
   * Shows the scanner the EICAR test file now, at each of its addresses, in the same way as mail.
   *
   * @param session the id of a session with a directory; marks children
   * @param atMost the time for each address
   * @return a sentence for each address where it was not found, which says why; an empty list if it
   *     was found everywhere
   */
  default List<String> tryCanary(String session, Duration atMost) {
    return List.of();
  }

  /** Whether it may start child processes. They bear the id of the session that they work for. */
  default boolean startsChildren() {
    return true;
  }

  /** Whether showing it a canary is a scan like any other, which needs a slot. */
  default boolean canaryTakesSlot() {
    return false;
  }

  /**
   * The date of the virus data, if it is known without asking. After a scan, it is the date of the
   * data just used, or of those some seconds before.
   */
  default @Nullable Instant dataDate() {
    return null;
  }
}
