package org.qscan.engine.extract;

import java.util.List;
import java.util.Locale;

/**
 * How much readers would disagree about a message: all rules of {@code mime.rules} taken together.
 *
 * @param level the strictest tier of a rule that fired
 * @param rules the names of the rules that fired, each once
 */
public record Ambiguity(AmbiguityLevel level, List<String> rules) {

  /** Nobody has looked. */
  public static final Ambiguity UNKNOWN = new Ambiguity(AmbiguityLevel.UNKNOWN, List.of());

  /** How much. */
  public enum AmbiguityLevel {
    /** Nobody has looked, or not to the end: what fired may not be all. */
    UNKNOWN,
    /** No rule has fired. */
    NONE,
    /** Rules that are only noted. */
    NOTE,
    /** Rules for which all is decoded in every way. */
    LOOK_HARDER,
    /** Rules for which a message is unscannable, unless {@code mime.mode} is monitor. */
    REFUSE;

    private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** As the tiers are written in the configuration. */
    public String text() {
      return text;
    }

    /**
     * The level of this text.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static AmbiguityLevel of(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
  }

  public Ambiguity {
    rules = List.copyOf(rules);
  }
}
