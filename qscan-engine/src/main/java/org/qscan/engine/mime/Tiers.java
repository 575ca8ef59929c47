package org.qscan.engine.mime;

import java.util.EnumMap;
import java.util.Map;

/**
 * The tier of each rule at a site.
 *
 * @param moved the rules that are not where {@link Rule#tier()} has them
 * @param monitoring whether what would be refused is only noted
 */
public record Tiers(Map<Rule, Rule.Tier> moved, boolean monitoring) {

  /** All rules where they are by default. */
  public static final Tiers DEFAULT = new Tiers(Map.of(), false);

  public Tiers {
    moved = Map.copyOf(moved);
  }

  /**
   * The tiers of a configuration.
   *
   * @param rules names of rules with names of tiers, all of them known
   * @param monitoring whether what would be refused is only noted
   */
  public static Tiers of(Map<String, String> rules, boolean monitoring) {
    Map<Rule, Rule.Tier> moved = new EnumMap<>(Rule.class);
    rules.forEach((name, tier) -> {
      Rule rule = Rule.of(name);
      if (rule == null) {
        throw new IllegalArgumentException("mime.rules: " + name);
      }
      moved.put(rule, tier(tier));
    });
    return new Tiers(moved, monitoring);
  }

  private static Rule.Tier tier(String text) {
    for (Rule.Tier tier : Rule.Tier.values()) {
      if (tier.text().equals(text)) {
        return tier;
      }
    }
    throw new IllegalArgumentException("mime.rules: " + text);
  }

  /** Where a rule is. */
  public Rule.Tier of(Rule rule) {
    return moved.getOrDefault(rule, rule.tier());
  }
}
