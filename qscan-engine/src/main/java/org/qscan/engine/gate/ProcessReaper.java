package org.qscan.engine.gate;

/** Knows the processes that a session has started, and can end them. */
@FunctionalInterface
public interface ProcessReaper {

  /**
   * Ends what a dead session has left running.
   *
   * @param session its id
   * @return whether nothing of it is left
   */
  boolean end(String session);
}
