package org.qscan.engine.mime;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.qscan.engine.rules.MimeRule;

/** The rules that a message breaks, as many as anybody will read. */
final class FiredRules {

  private static final int MOST_HITS = 100;

  /**
   * A rule that fired.
   *
   * @param file the name of the file that was read; empty: the message itself
   */
  record Fired(RuleHit hit, String file) {}

  private final List<Fired> fired = new ArrayList<>();
  private final Set<MimeRule> rules = EnumSet.noneOf(MimeRule.class);

  /** Adds one. Many of one rule must not hide another, as in {@link Part#addHit}. */
  void add(RuleHit hit, Place place) {
    if (rules.add(hit.rule()) || fired.size() < MOST_HITS) {
      fired.add(new Fired(hit, place.file()));
    }
  }

  /** In the order in which they fired. */
  List<Fired> all() {
    return fired;
  }

  /** The same, without the files. */
  List<RuleHit> hits() {
    List<RuleHit> hits = new ArrayList<>();
    for (Fired one : fired) {
      hits.add(one.hit());
    }
    return List.copyOf(hits);
  }
}
