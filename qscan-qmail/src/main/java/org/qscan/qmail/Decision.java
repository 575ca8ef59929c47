package org.qscan.qmail;

import org.qscan.engine.Outcome;
import org.qscan.engine.Policy;
import org.qscan.engine.Policy.Action;
import org.qscan.engine.Verdict;

/**
 * What happens to a message that was judged, by the site's policy: the same for qscan-queue and
 * qscand.
 *
 * @param fate what to do with it
 * @param reason why, if the verdict alone does not tell; else empty
 */
public record Decision(Fate fate, String reason) {

  /** What can happen to a message. */
  public enum Fate {
    /** The real qmail-queue gets its envelope. */
    QUEUE,
    /** The caller is told that it was queued, but it is not. */
    DISCARD,
    /** It is refused for good. */
    REFUSE,
    /** The caller is told to try again. */
    DEFER
  }

  /**
   * What happens to mail that is not one of qmail-send's bounces:
   *
   * <table>
   *   <caption>Outcome and fate</caption>
   *   <tr><td>clean</td><td>{@link Fate#QUEUE}</td></tr>
   *   <tr><td>infected</td><td>{@link Fate#REFUSE}</td></tr>
   *   <tr><td>unscannable</td><td>by {@code unscannable.REASON}</td></tr>
   *   <tr><td>failed</td><td>{@link Fate#DEFER}</td></tr>
   * </table>
   */
  public static Decision of(Outcome outcome, Policy policy) {
    return outcome.match(
        judged -> of(judged.verdict(), policy),
        failed -> new Decision(Fate.DEFER, failed.reason()));
  }

  /**
   * What happens to one of qmail-send's own bounces: the same as to other mail, but if it is
   * infected or unscannable and would be refused, {@code bounce.infected} decides. A bounce that
   * could not be scanned is tried again.
   *
   * @param bounceInfected {@code bounce.infected}
   */
  public static Decision ofBounce(Outcome outcome, Policy policy, String bounceInfected) {
    Decision usual = of(outcome, policy);
    return outcome.match(
        judged -> usual.lets() ? usual : usual.ofBounce(bounceInfected), failed -> usual);
  }

  private static Decision of(Verdict verdict, Policy policy) {
    return verdict.match(
        clean -> new Decision(Fate.QUEUE, ""),
        infected -> new Decision(Fate.REFUSE, ""),
        unscannable -> {
          Action action = policy.forUnscannable(unscannable);
          return new Decision(
              switch (action) {
                case ACCEPT -> Fate.QUEUE;
                case DEFER -> Fate.DEFER;
                case REJECT -> Fate.REFUSE;
              },
              String.join(",", unscannable.texts()));
        });
  }

  /**
   * The exit code for this fate. If the real qmail-queue gets the message, its own exit code counts
   * instead.
   */
  public int exit(QmailConfig config) {
    return switch (fate) {
      case QUEUE, DISCARD -> QueueExit.QUEUED.code();
      case REFUSE -> config.exitInfected();
      case DEFER -> config.exitFailed();
    };
  }

  /** Whether the message may pass. */
  public boolean lets() {
    return fate == Fate.QUEUE;
  }

  private Decision ofBounce(String bounceInfected) {
    String why = "bounce.infected=" + bounceInfected;
    return switch (bounceInfected) {
      case "accept" -> new Decision(Fate.QUEUE, why);
      case "discard" -> new Decision(Fate.DISCARD, why);
      default -> this;
    };
  }
}
