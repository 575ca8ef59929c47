package org.qscan.engine.scan.daemon;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.scan.Deadline;
import org.qscan.engine.time.Ticker;

/**
 * The connection to clamd over which it was calibrated. clamd closes it when it ends, and never
 * otherwise as long as something is asked in time (its {@code IdleTimeout} is 30 s by default). A
 * socket that another program holds for it, as systemd does, is the same after a restart, and so is
 * an address of TCP: only the connection tells. For one thread at a time.
 */
final class ClamdWitness implements ProofWatch.Witness {

  private static final Duration A_MOMENT = Duration.ofSeconds(1);
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

  private final DaemonConnection connection;
  private final Ticker ticker;
  private boolean asked;
  private long askedAt;
  private boolean closed;

  /**
   * Takes over a session in which every question has its answer.
   *
   * @param connection of the session
   */
  ClamdWitness(DaemonConnection connection, Ticker ticker) {
    this.connection = connection;
    this.ticker = ticker;
  }

  @Override
  public boolean isOpen() {
    try {
      return !closed && connection.isOpen();
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public @Nullable String look() {
    try {
      if (!asked) {
        connection.send("zVERSION\0", Deadline.in(ticker, A_MOMENT));
        asked = true;
        askedAt = ticker.nanos();
      } else if (connection.hasMore()) {
        String line = connection.read('\0', Deadline.in(ticker, A_MOMENT));
        asked = false;
        return line.substring(line.indexOf(": ") + 2);
      } else if (ticker.nanos() - askedAt > LONGEST_SILENCE.toNanos()) {
        close();
      }
    } catch (IOException e) {
      close();
    }
    return null;
  }

  @Override
  public void close() {
    closed = true;
    connection.close();
  }
}
