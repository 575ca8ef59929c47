package org.qscan.engine.scan;

import java.time.Duration;
import org.qscan.engine.time.Ticker;

/**
 * When canaries are shown.
 *
 * @param on false: never, and every scanner is believed; for tests of other things
 * @param confirm {@code canary=confirm}: a clean answer counts only once a canary that was begun
 *     after it was found
 * @param every {@code canary.every}
 * @param findingsToo whether findings may be ignored afterwards ({@code ignore.threats}): what is
 *     left of them is a clean answer, which needs a canary like any other
 * @param groupReads whether the file gets the group's right to read, as those of messages do
 *     ({@code work.mode})
 * @param alarms where to tell of one that was not found
 * @param ticker the time of all who keep these rules: for intervals, and for how long they wait
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
   * How old a found canary may be when a message is shown, where answers are confirmed. A scanner
   * that was out of order for a while and came back just between the answer and the canary behind
   * it is so found out by the one in front. Under load canaries follow each other about as fast as
   * that, and this costs little; for a message now and then it is one canary more. What remains is
   * an outage that begins and ends within one scan: no canary can see that.
   */
  static final Duration FRESH = Duration.ofMillis(25);

  /** Never any: for tests of other things. */
  public static CanaryRules none() {
    return none(Ticker.SYSTEM);
  }

  /** Never any, with a time of its own: for tests of other things. */
  public static CanaryRules none(Ticker ticker) {
    return new CanaryRules(false, false, Duration.ofDays(1), false, false, new Alarms(), ticker);
  }

  /**
   * The same, but shown at intervals only: for what is too costly to be asked with each message.
   */
  public CanaryRules hourly() {
    return new CanaryRules(on, false, Duration.ofHours(1), findingsToo, groupReads, alarms, ticker);
  }

  /** The age from which on a canary must be shown before the next message. */
  Duration longestAge() {
    return confirm && FRESH.compareTo(every) < 0 ? FRESH : every;
  }
}
