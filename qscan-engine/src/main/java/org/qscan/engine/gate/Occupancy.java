package org.qscan.engine.gate;

/**
 * How full the gate is at one moment, counting all processes of the host. A process that has died
 * counts until another one notices it.
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
