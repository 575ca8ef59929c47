package org.qscan.engine.rules;

import java.util.EnumMap;
import java.util.Map;

/**
 * The tier of each rule at this site.
 *
 * @param moved the rules whose tier is not that of {@link MimeRule#tier()}
 * @param monitoring whether what would be refused is only noted
 */
public record RuleTiers(Map<MimeRule, MimeRule.Tier> moved, boolean monitoring) {

  /** Every rule in its default tier. */
  public static final RuleTiers DEFAULT = new RuleTiers(Map.of(), false);

  public RuleTiers {
    moved = Map.copyOf(moved);
  }

  /**
   * The tiers of a configuration.
   *
   * @param rules names of rules with names of tiers, all of them known
   * @param monitoring whether what would be refused is only noted
   */
  public static RuleTiers of(Map<String, String> rules, boolean monitoring) {
    Map<MimeRule, MimeRule.Tier> moved = new EnumMap<>(MimeRule.class);
    rules.forEach((name, tier) -> {
      MimeRule rule = MimeRule.of(name);
      if (rule == null) {
        throw new IllegalArgumentException("mime.rules: " + name);
      }
      moved.put(rule, tier(tier));
    });
    return new RuleTiers(moved, monitoring);
  }

  private static MimeRule.Tier tier(String text) {
    for (MimeRule.Tier tier : MimeRule.Tier.values()) {
      if (tier.text().equals(text)) {
        return tier;
      }
    }
    throw new IllegalArgumentException("mime.rules: " + text);
  }

  /** The tier of a rule. */
  public MimeRule.Tier of(MimeRule rule) {
    return moved.getOrDefault(rule, rule.tier());
  }
}
