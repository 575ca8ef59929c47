package org.qscan.engine;

import java.util.List;
import java.util.function.Function;

/**
 * What the engine returns for one message: either it was judged, or QScan could not find out what
 * it is. Inside the engine, such a failure is a {@link ScanFailure}. Here it is a value, so that no
 * front end can let a message pass because of an unexpected exception.
 *
 * <p>Sealed, and read by {@link #match}, which asks for an answer to both.
 */
public sealed interface Outcome {

  /**
   * The message was judged.
   *
   * @param report the verdict, and what was seen
   */
  record Judged(ScanReport report) implements Outcome {

    /** What the message is. */
    public Verdict verdict() {
      return report.verdict();
    }

    @Override
    public Facts facts() {
      return report.facts();
    }

    @Override
    public <T> T match(Function<Judged, T> judged, Function<Failed, T> failed) {
      return judged.apply(this);
    }
  }

  /**
   * QScan could not find out what the message is, so the sender should try again.
   *
   * @param reason a sentence that tells the operator what to check
   * @param facts what was seen until then
   */
  record Failed(String reason, Facts facts) implements Outcome {

    @Override
    public <T> T match(Function<Judged, T> judged, Function<Failed, T> failed) {
      return failed.apply(this);
    }
  }

  /** The outcome of a message that was judged. */
  static Outcome judged(Verdict verdict, Facts facts) {
    return new Judged(new ScanReport(verdict, facts));
  }

  /** The outcome of a message that failed after something was seen of it. */
  static Outcome failed(String reason, Facts facts) {
    return new Failed(reason, facts);
  }

  /** The outcome of a message that failed before anything was seen of it. */
  static Outcome failed(String reason) {
    return new Failed(reason, Facts.none());
  }

  /**
   * The answer to this outcome.
   *
   * @param <T> what the answers are
   */
  <T> T match(Function<Judged, T> judged, Function<Failed, T> failed);

  /** What was seen of the message. */
  Facts facts();

  /** The same outcome with the facts of a front end that has seen more. */
  default Outcome with(Facts facts) {
    return match(
        judged -> judged(judged.verdict(), facts), failed -> failed(failed.reason(), facts));
  }

  /** The word for the log: {@code clean}, {@code infected}, {@code unscannable}, {@code failed}. */
  default String word() {
    return match(
        judged ->
            judged
                .verdict()
                .match(clean -> "clean", infected -> "infected", unscannable -> "unscannable"),
        failed -> "failed");
  }

  /** The priority of its log line, in the words of syslog. */
  default String priority() {
    return match(
        judged -> judged.verdict().match(clean -> "info", infected -> "warning", other -> "notice"),
        failed -> "err");
  }

  /** The threats of an infected message, else none. */
  default List<String> threats() {
    return match(
        judged ->
            judged
                .verdict()
                .match(clean -> List.of(), Verdict.Infected::threats, other -> List.of()),
        failed -> List.of());
  }

  /** The reasons of an unscannable message as the log has them, else none. */
  default List<String> reasons() {
    return match(
        judged ->
            judged
                .verdict()
                .match(clean -> List.of(), infected -> List.of(), Verdict.Unscannable::texts),
        failed -> List.of());
  }

  /** Why QScan could not find out what the message is; empty if it was judged. */
  default String failure() {
    return match(judged -> "", Failed::reason);
  }
}
