package org.qscan.engine.scan;

import java.time.Duration;
import org.qscan.engine.time.Ticker;

/**
 * When canaries are shown.
 *
 * @param on false if canaries are never shown and every scanner is believed; for tests of other
 *     things
 * @param confirm {@code canary=confirm}: a clean answer counts only once a canary that was begun
 *     after it was found
 * @param every {@code canary.every}
 * @param findingsToo whether threats may be ignored afterwards ({@code ignore.threats}): if nothing
 *     else is left of an answer, it is a clean answer, which needs a canary like any other
 * @param groupReads whether the file gets the group's right to read, as those of messages do
 *     ({@code work.mode})
 * @param alarms is told of a canary that was not found
 * @param ticker the time by which intervals and waits are measured
 */
public record CanaryRules(
    boolean on,
    boolean confirm,
    Duration every,
    boolean findingsToo,
    boolean groupReads,
    Alarms alarms,
    Ticker ticker) {

  /**
   * With {@code canary=confirm}, how old the last found canary may be when a message is shown. A
   * scanner may fail for a while and recover between its answer and the canary that follows; the
   * canary before the message detects that. Under load, canaries follow each other about that fast
   * anyway, so this costs little; a single message costs one more canary. No canary can detect a
   * failure that begins and ends within one scan.
   */
  static final Duration FRESH = Duration.ofMillis(25);

  /** Rules by which no canary is ever shown, for tests of other things. */
  public static CanaryRules none() {
    return none(Ticker.SYSTEM);
  }

  /** Rules by which no canary is ever shown, with their own time, for tests of other things. */
  public static CanaryRules none(Ticker ticker) {
    return new CanaryRules(false, false, Duration.ofDays(1), false, false, new Alarms(), ticker);
  }

  /**
   * The same rules, but with a canary every hour only: for a scanner that is too costly to be asked
   * with each message.
   */
  public CanaryRules hourly() {
    return new CanaryRules(on, false, Duration.ofHours(1), findingsToo, groupReads, alarms, ticker);
  }

  /** The age from which on a canary must be shown before the next message. */
  Duration longestAge() {
    return confirm && FRESH.compareTo(every) < 0 ? FRESH : every;
  }
}
