package org.qscan.engine;

import java.util.EnumMap;
import java.util.Map;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;

/**
 * What the site does with messages that cannot be scanned, for each reason.
 *
 * @param actions an action for every reason
 */
public record Policy(Map<Verdict.Reason, Action> actions) {

  /** What to do, mildest first. */
  public enum Action {
    /** Let it pass. */
    ACCEPT,
    /** Tell the sender to try again. */
    DEFER,
    /** Refuse it for good. */
    REJECT
  }

  public Policy {
    actions = Map.copyOf(actions);
  }

  /** The policy of a configuration. */
  public static Policy from(Configuration c) {
    Map<Verdict.Reason, Action> actions = new EnumMap<>(Verdict.Reason.class);
    actions.put(Verdict.Reason.ENCRYPTED, action(c.text(Key.UNSCANNABLE_ENCRYPTED)));
    actions.put(Verdict.Reason.CORRUPT, action(c.text(Key.UNSCANNABLE_CORRUPT)));
    actions.put(Verdict.Reason.LIMIT, action(c.text(Key.UNSCANNABLE_LIMIT)));
    actions.put(Verdict.Reason.STALE_DATA, action(c.text(Key.UNSCANNABLE_STALE_DATA)));
    actions.put(Verdict.Reason.MIME, action(c.text(Key.UNSCANNABLE_MIME)));
    if (EngineConfig.scansNothing(c.list(Key.SCANNERS))) {
      actions.put(Verdict.Reason.UNSCANNED, Action.ACCEPT);
    }
    return new Policy(actions);
  }

  private static Action action(String text) {
    return switch (text) {
      case "accept" -> Action.ACCEPT;
      case "defer" -> Action.DEFER;
      case "reject" -> Action.REJECT;
      default -> throw new IllegalArgumentException(text);
    };
  }

  /** The strictest action that one of the reasons asks for. */
  public Action forUnscannable(Verdict.Unscannable verdict) {
    Action strictest = Action.ACCEPT;
    for (Verdict.Reason reason : verdict.reasons()) {
      Action action = actions.getOrDefault(reason, Action.DEFER);
      if (action.compareTo(strictest) > 0) {
        strictest = action;
      }
    }
    return strictest;
  }
}
