package org.qscan.engine.gate;

/**
 * How full the gate is at a moment, all processes of the host together. Those that have died and
 * are not yet noticed count.
 *
 * @param slots {@code gate.slots}
 * @param taken slots that are taken
 * @param waiting messages that wait for one
 */
public record Occupancy(int slots, int taken, int waiting) {

  /** Whether whoever comes now has to wait. */
  public boolean isFull() {
    return taken >= slots;
  }
}
