package org.qscan.engine.gate;

/** Knows the processes that a session has started, and can end them. */
@FunctionalInterface
public interface ProcessReaper {

  /**
   * Ends the processes that a dead session has left.
   *
   * @param session its id
   * @return whether none of them is left
   */
  boolean end(String session);
}
