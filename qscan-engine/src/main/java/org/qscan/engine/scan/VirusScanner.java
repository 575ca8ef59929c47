package org.qscan.engine.scan;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;

/**
 * Judges the files of one message. One instance serves many messages, on many threads. One that
 * does several messages in little more time than one is a {@link GroupScanner}.
 */
public interface VirusScanner {

  /** The name used in configuration and log. */
  String name();

  /**
   * Scans all files below a directory.
   *
   * @param directory absolute; every file in it has a name of ours
   * @param session the id of the session, which marks children
   * @return what the scanner says, where its status and its text agree
   * @throws ScanFailure if the scanner cannot be run or reached, ends in an unknown way, says
   *     something unknown, or contradicts itself
   */
  Finding scan(Path directory, String session) throws ScanFailure;

  /** Whether it must have files; else it takes octets in memory as well. */
  default boolean needsFiles() {
    return true;
  }

  /**
   * Like {@link #scan(Path, String)}, of whatever it can be.
   *
   * @param input files, if it {@linkplain #needsFiles needs} these
   * @param session as there
   * @throws ScanFailure as there
   */
  default Finding scan(ScanInput input, String session) throws ScanFailure {
    return scan(input.directory(), session);
  }

  /**
   * Breaks off what the scanner does for this session, whose directory goes; its {@link #scan} then
   * fails. Children are not its business: they are found by their mark.
   *
   * @param session the id given to {@link #scan(Path, String)}
   */
  default void cancel(String session) {}

  /**
   * Threats that it is known to find in these files, without asking it; it may find more.
   *
   * @param input as in {@link #scan(ScanInput, String)}
   * @return none if nothing is known
   */
  default List<String> knownThreats(ScanInput input) {
    return List.of();
  }

  /** What its cache has done. */
  default VerdictCache.Figures cacheFigures() {
    return new VerdictCache.Figures(0, 0, 0);
  }

  /**
   * Asks the scanner how it is, at each place where it can be had: for the operator, and for the
   * health checks of front ends. Takes as long as a scan.
   *
   * @param session marks children
   */
  default List<EndpointHealth> health(String session) {
    return List.of();
  }

  /**
   * Shows it the EICAR test file now, wherever it can be had, as it is shown mail.
   *
   * @param session the id of a session with a directory; marks children
   * @param atMost for each place
   * @return why it was not found, a sentence for each place; none if it was
   */
  default List<String> tryCanary(String session, Duration atMost) {
    return List.of();
  }

  /** Whether showing it a canary is a scan like any other, for which a slot is needed. */
  default boolean canaryTakesSlot() {
    return false;
  }

  /**
   * The date of the virus data, as far as it is known without asking: after a scan it is that of
   * the data just used, or of some seconds before.
   */
  default @Nullable Instant dataDate() {
    return null;
  }
}
