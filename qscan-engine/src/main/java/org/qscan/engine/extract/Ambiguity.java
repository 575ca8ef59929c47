package org.qscan.engine.extract;

import java.util.List;
import java.util.Locale;

/**
 * How much mail programs would disagree about a message, by all rules of {@code mime.rules}
 * together.
 *
 * @param level the strictest tier of a rule that fired
 * @param rules the names of the rules that fired, each once
 */
public record Ambiguity(AmbiguityLevel level, List<String> rules) {

  /** The message was not checked. */
  public static final Ambiguity UNKNOWN = new Ambiguity(AmbiguityLevel.UNKNOWN, List.of());

  /** How much mail programs would disagree. */
  public enum AmbiguityLevel {
    /** The message was not checked, or not to its end, so more rules might fire. */
    UNKNOWN,
    /** No rule has fired. */
    NONE,
    /** Rules fired that are only noted. */
    NOTE,
    /** Rules fired for which everything is decoded in every way. */
    LOOK_HARDER,
    /** Rules fired for which a message is unscannable, unless {@code mime.mode} is monitor. */
    REFUSE;

    private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The word of the tier in the configuration. */
    public String text() {
      return text;
    }

    /**
     * The level of this word.
     *
     * @throws IllegalArgumentException if there is no such level
     */
    public static AmbiguityLevel of(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
  }

  public Ambiguity {
    rules = List.copyOf(rules);
  }
}
