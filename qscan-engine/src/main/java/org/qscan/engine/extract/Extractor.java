package org.qscan.engine.extract;

import java.io.IOException;
import java.time.Duration;
import org.qscan.engine.store.MessageStore;
import org.qscan.engine.store.PartStore;

/** Takes a message apart while it arrives. One instance serves many messages. */
public interface Extractor {

  /** The name in the configuration and in the log. */
  String name();

  /** Whether it reports a full disk. If not, the caller has to check that. */
  default boolean tellsOfFullDisk() {
    return true;
  }

  /** Whether it needs files. If not, it can work with octets in memory as well. */
  default boolean needsFiles() {
    return true;
  }

  /**
   * Whether its parts are exactly what RFC 2045 and 2046 call the content of a part, to the last
   * octet. Other extractors may remove blank lines.
   */
  default boolean isExact() {
    return false;
  }

  /**
   * Starts to read a message of which perhaps nothing has arrived yet.
   *
   * @param message the message; the extractor follows it
   * @param store takes the parts that it makes
   * @param session the id of the session, which marks children
   * @return the work under way
   * @throws IOException if it cannot start
   */
  Work start(MessageStore message, PartStore store, String session) throws IOException;

  /** An extraction under way. */
  interface Work {
    /**
     * Waits for the end of the extraction, once the message is complete.
     *
     * @param patience how long at most; if it is not done by then, it is given up
     */
    Extraction finish(Duration patience);

    /** What the extractor knows beside its files, once it has finished. */
    default Insight insight() {
      return Insight.NONE;
    }

    /**
     * How long it took, once it has finished. This includes the time in which the message arrived.
     */
    Duration took();

    /** Gives the extraction up, because the message will not be scanned. */
    void cancel();
  }
}
