package org.qscan.engine.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The permit to scan. Closing it is the only way to give it back, and the next ticket is called.
 */
public final class Slot implements AutoCloseable {

  private final Path ticket;
  private final Path otherName;
  private boolean kept;

  /**
   * The holder of a ticket.
   *
   * @param ticket in {@code .gate}
   * @param otherName its name in {@code .live}
   */
  Slot(Path ticket, Path otherName) {
    this.ticket = ticket;
    this.otherName = otherName;
  }

  Path ticket() {
    return ticket;
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
      return;
    }
    remove(ticket);
    remove(otherName);
    remove(ticket); // where somebody made .gate again between the two
  }

  private static void remove(Path name) {
    try {
      Files.deleteIfExists(name);
    } catch (IOException e) {
      // It ends with its session's lock all the same: those who wait will see to it.
    }
  }
}
