package org.qscan.qmail.daemon;

import org.jspecify.annotations.Nullable;
import org.qscan.engine.Facts;
import org.qscan.engine.LogLine;
import org.qscan.engine.Outcome;
import org.qscan.qmail.Decision;
import org.qscan.qmail.Decision.Fate;
import org.qscan.qmail.Envelope;

/**
 * What the log line of a connection says, from everything that is known when it ends.
 *
 * @param address the address of the sending host, as the client says; it comes from outside
 * @param envelope the envelope, as far as it was received
 * @param judged the outcome of the scan; null if there was no scan
 * @param decision what the client was told for that; null if it was told nothing or to try again
 * @param failure why the connection ended before the message was done; else empty
 * @param result what the client says has become of the message; null if it said nothing
 * @param received what is known of the message without a scan
 */
record ConnectionLog(
    String address,
    Envelope envelope,
    @Nullable Outcome judged,
    @Nullable Decision decision,
    String failure,
    Frame.@Nullable ClientResult result,
    Facts received) {

  /** The outcome of the scan, unless the message has ended for another reason. */
  Outcome outcome() {
    return judged == null || !failure.isEmpty() || result == null || !result.reason().isEmpty()
        ? Outcome.failed(reason(), judged == null ? received : judged.facts())
        : judged;
  }

  /** The line for the log. */
  LogLine line() {
    Outcome outcome = outcome();
    return new LogLine(
        "qmail",
        outcome.word(),
        outcome.threats(),
        reason(),
        result == null ? "" : Integer.toString(result.code()),
        outcome.facts(),
        address,
        envelope.sender(),
        result == null ? envelope.recipients() : result.recipients());
  }

  /**
   * The reason for the log. The reason that the client gives comes first, because it knows what has
   * become of the message.
   */
  private String reason() {
    if (result != null && !result.reason().isEmpty()) {
      return result.reason();
    }
    if (!failure.isEmpty()) {
      return failure;
    }
    if (decision == null) {
      return judged == null ? "" : judged.failure();
    }
    if (decision.fate() == Fate.QUEUE
        && result != null
        && result.envelope() != Envelope.EnvelopeState.COMPLETE) {
      return result.envelope().inWords();
    }
    return decision.reason();
  }
}
