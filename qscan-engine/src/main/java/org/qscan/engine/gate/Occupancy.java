package org.qscan.engine.gate;

/**
 * How full the gate is at one moment, counting all processes of the host. Processes that have died
 * count until somebody notices it.
 *
 * @param slots {@code gate.slots}
 * @param taken slots that are taken
 * @param waiting messages that wait for one
 */
public record Occupancy(int slots, int taken, int waiting) {

  /** Whether a message that comes now has to wait. */
  public boolean isFull() {
    return taken >= slots;
  }
}
