package org.qscan.engine.gate;

import java.nio.file.Path;

/**
 * The permit to scan. Closing the slot gives it back, and the next ticket is called. There is no
 * other way to give it back.
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
   * Tells that a scanner which ran in this slot cannot be ended now. So the slot stays taken after
   * {@link #close()}, until a process that waits, or the janitor, has ended that scanner.
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
