package org.qscan.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What a message is. If we could not find out, there is no verdict but a {@link ScanFailure}.
 *
 * <p>Sealed: {@link #match} asks for an answer to every case, as a {@code switch} over sealed types
 * does in Java 21.
 */
public sealed interface Verdict {

  /** Every view of the message was scanned, and nothing was found. */
  record Clean() implements Verdict {
    @Override
    public <T> T match(
        Function<Clean, T> clean,
        Function<Infected, T> infected,
        Function<Unscannable, T> unscannable) {
      return clean.apply(this);
    }
  }

  /**
   * A scanner found something and its exit status agrees.
   *
   * @param threats the names the scanner gave, as it gave them; at least one
   */
  record Infected(List<String> threats) implements Verdict {
    public Infected {
      threats = List.copyOf(threats);
      if (threats.isEmpty()) {
        throw new IllegalArgumentException("infected without a threat");
      }
    }

    @Override
    public <T> T match(
        Function<Clean, T> clean,
        Function<Infected, T> infected,
        Function<Unscannable, T> unscannable) {
      return infected.apply(this);
    }
  }

  /**
   * A part of the message cannot be scanned, and nothing was found in the rest. The site decides
   * whether such mail passes.
   *
   * @param reasons why; at least one
   * @param rules the rules of {@code mime.rules} that fired, if MIME is among the reasons
   */
  record Unscannable(List<Reason> reasons, List<String> rules) implements Verdict {
    public Unscannable {
      reasons = List.copyOf(reasons);
      rules = List.copyOf(rules);
      if (reasons.isEmpty()) {
        throw new IllegalArgumentException("unscannable without a reason");
      }
    }

    /** An unscannable message without {@link Reason#MIME} among the reasons. */
    public Unscannable(List<Reason> reasons) {
      this(reasons, List.of());
    }

    /** The reasons for the log: {@code limit}, {@code mime:boundary-conflict}. */
    public List<String> texts() {
      List<String> texts = new ArrayList<>();
      for (Reason reason : reasons) {
        if (reason == Reason.MIME && !rules.isEmpty()) {
          for (String rule : rules) {
            texts.add(reason.text() + ":" + rule);
          }
        } else {
          texts.add(reason.text());
        }
      }
      return texts;
    }

    @Override
    public <T> T match(
        Function<Clean, T> clean,
        Function<Infected, T> infected,
        Function<Unscannable, T> unscannable) {
      return unscannable.apply(this);
    }
  }

  /**
   * Why a message cannot be scanned. Each reason except the last has a policy key {@code
   * unscannable.<reason>}.
   */
  enum Reason {
    /** Encrypted or protected by a password. */
    ENCRYPTED,
    /** Damaged, or of a format that the scanner cannot read. */
    CORRUPT,
    /** Over one of our limits, or stopped by the scanner as a bomb. */
    LIMIT,
    /** Nothing was found, but the scanner itself calls its virus data out of date. */
    STALE_DATA,
    /** Mail programs would understand the message in different ways. */
    MIME,
    /**
     * {@code scanners=none}: no scanner was asked. Such a message is accepted, and there is no key
     * to change that.
     */
    UNSCANNED;

    private final String text = name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');

    /** The name used in configuration keys and in the log. */
    public String text() {
      return text;
    }
  }

  /**
   * The answer to this verdict.
   *
   * @param <T> what the answers are
   */
  <T> T match(
      Function<Clean, T> clean,
      Function<Infected, T> infected,
      Function<Unscannable, T> unscannable);
}
