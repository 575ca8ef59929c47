package org.qscan.engine.gate;

import java.nio.file.Path;

/**
 * The permit to scan. Closing it is the only way to give it back, and the next ticket is called.
 */
public final class Slot implements AutoCloseable {

  private final Tickets tickets;
  private final String ticket;
  private boolean kept;

  /** The holder of a ticket. */
  Slot(Tickets tickets, String ticket) {
    this.tickets = tickets;
    this.ticket = ticket;
  }

  /** The file in {@code .gate}. */
  Path ticket() {
    return tickets.inRoom(ticket);
  }

  /**
   * What scanned here cannot be ended now: the place stays taken after {@link #close()} until those
   * who wait, or the janitor, have seen to that.
   */
  public void keep() {
    kept = true;
  }

  @Override
  public void close() {
    if (kept) {
      tickets.disown(ticket);
    } else {
      tickets.remove(ticket);
    }
  }
}
