package org.qscan.qmail;

import org.qscan.engine.Policy;
import org.qscan.engine.Policy.Action;
import org.qscan.engine.Verdict;

/**
 * What becomes of a message that was judged: the site's policy, the same for both front ends.
 *
 * @param fate what to do with it
 * @param reason why, where the verdict alone does not say; else empty
 */
public record Decision(Fate fate, String reason) {

  /** What can become of a message. */
  public enum Fate {
    /** The real qmail-queue gets its envelope. */
    QUEUE,
    /** Its caller is told that it was queued, and it is not. */
    DISCARD,
    /** Refused for good. */
    REFUSE,
    /** To be tried again. */
    DEFER
  }

  /** What becomes of mail that is not one of qmail-send's bounces. */
  public static Decision usual(Verdict verdict, Policy policy) {
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

  /** Whether the message may pass. */
  public boolean lets() {
    return fate == Fate.QUEUE;
  }

  /**
   * What becomes of the same message if it is a bounce of qmail-send's own.
   *
   * @param bounceInfected {@code bounce.infected}
   */
  public Decision ofBounce(String bounceInfected) {
    String why = "bounce.infected=" + bounceInfected;
    return switch (bounceInfected) {
      case "accept" -> new Decision(Fate.QUEUE, why);
      case "discard" -> new Decision(Fate.DISCARD, why);
      default -> this;
    };
  }
}
