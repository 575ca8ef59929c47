package org.qscan.engine.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The permit to scan. Closing it is the only way to give it back, and the next ticket is called.
 */
public final class Slot implements AutoCloseable {

  private final Path ticket;

  Slot(Path ticket) {
    this.ticket = ticket;
  }

  Path ticket() {
    return ticket;
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(ticket);
    } catch (IOException e) {
      // It ends with its session's lock all the same: those who wait will see to it.
    }
  }
}
