package org.qscan.qmail.daemon;

import java.time.Duration;
import java.util.function.Supplier;
import org.qscan.engine.time.Ticker;

/**
 * When a connection began, when its client last sent something, and whether it has taken too long.
 * All times are those of {@link Ticker#nanos}. For the server's thread alone, which writes all
 * fields.
 */
final class ConnectionTimes {

  /** How long a client may take until it has sent its HELLO. */
  private static final Duration GREETING = Duration.ofSeconds(10);

  /**
   * How long a client may stay after it was told to try again. This is longer than the time that
   * qscan-client gives the real qmail-queue to remove its files.
   */
  private static final Duration FAREWELL = Duration.ofSeconds(30);

  private final Ticker ticker;
  private final long opened;
  private long begun;
  private long heard;
  private long refused;

  /** The times of a connection that is accepted now. */
  ConnectionTimes(Ticker ticker) {
    this.ticker = ticker;
    opened = ticker.nanos();
    begun = opened;
    heard = opened;
    refused = opened;
  }

  /** Tells that the client has sent something that counts. */
  void heard() {
    heard = ticker.nanos();
  }

  /** Tells that there is a place for it. The time for its message begins now. */
  void begun() {
    begun = ticker.nanos();
    heard = begun;
  }

  /**
   * Tells that the client was told to try again. From now on, it may stay only for a limited time,
   * whatever it sends.
   */
  void refused() {
    refused = ticker.nanos();
  }

  /** The time since it was accepted. */
  Duration sinceOpened() {
    return Duration.ofNanos(ticker.nanos() - opened);
  }

  /**
   * For how many seconds it has had its place; if it has none yet, the time since it was accepted.
   */
  double seconds(long now) {
    return (now - begun) / 1e9;
  }

  /** For how many nanoseconds it has sent nothing that counts. */
  long silence(long now) {
    return now - heard;
  }

  /**
   * Why a client that can still be told to try again has taken too long; empty if it has not taken
   * too long.
   *
   * @param limits the configuration by which the message is judged
   * @param mayTake how long a message may take to arrive now
   */
  String tooLate(ConnectionStage stage, long now, DaemonConfig limits, Supplier<Duration> mayTake) {
    if (stage == ConnectionStage.GREETING && now - opened > GREETING.toNanos()) {
      return "qscan-client sent nothing";
    }
    if (isSilent(now, limits)) {
      return "qscan-client sent nothing within daemon.idle-timeout";
    }
    if (stage != ConnectionStage.RECEIVING) {
      return "";
    }
    Duration longest = mayTake.get();
    if (now - begun <= longest.toNanos()) {
      return "";
    }
    return longest.compareTo(limits.receiveTimeout()) < 0
        ? "the message did not arrive within "
            + longest.toSeconds()
            + "s, which is less than daemon.receive-timeout because most of"
            + " daemon.max-connections are taken"
        : "the message did not arrive within daemon.receive-timeout";
  }

  /** Whether qscand stops waiting for a client that has its answer. */
  boolean isOver(ConnectionStage stage, long now, DaemonConfig limits) {
    return isSilent(now, limits)
        || (stage == ConnectionStage.REFUSED && now - refused > FAREWELL.toNanos());
  }

  private boolean isSilent(long now, DaemonConfig limits) {
    return silence(now) > limits.idleTimeout().toNanos();
  }
}
