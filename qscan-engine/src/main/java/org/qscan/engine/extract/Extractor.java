package org.qscan.engine.extract;

import java.io.IOException;
import java.time.Duration;
import org.qscan.engine.store.MessageStore;
import org.qscan.engine.store.PartStore;

/** Takes a message apart, while it arrives. One instance serves many messages. */
public interface Extractor {

  /** The name used in configuration and log. */
  String name();

  /** Whether it says so where the disk is full; else somebody has to look. */
  default boolean tellsOfFullDisk() {
    return true;
  }

  /** Whether it works with files; else with octets in memory as well. */
  default boolean needsFiles() {
    return true;
  }

  /**
   * Whether its parts are, to the last octet, what RFC 2045 and 2046 call the content of a part.
   * Others may cut blank lines off.
   */
  default boolean isExact() {
    return false;
  }

  /**
   * Starts on a message of which perhaps not a byte has arrived.
   *
   * @param message the message; the extractor follows it
   * @param store takes what it makes
   * @param session the id of the session, which marks children
   * @return the work under way
   * @throws IOException if it cannot start
   */
  Work start(MessageStore message, PartStore store, String session) throws IOException;

  /** An extraction under way. */
  interface Work {
    /**
     * Waits for the end, once the message is complete.
     *
     * @param patience how long at most; what is not done by then is given up
     */
    Extraction finish(Duration patience);

    /** What it knows beyond its files, once it has finished. */
    default Insight insight() {
      return Insight.NONE;
    }

    /** How long it took, once it has finished; of a message that still arrived, that too. */
    Duration took();

    /** Gives up; the message will not be scanned. */
    void cancel();
  }
}
