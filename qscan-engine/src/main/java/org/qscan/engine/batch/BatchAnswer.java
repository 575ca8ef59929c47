package org.qscan.engine.batch;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.scan.Finding;

/**
 * The result of a shared run for one message.
 *
 * @param finding what the scanners say of the message; null if it has to be scanned alone, or
 *     failed
 * @param failure why the scanners could not say what it is, although it was scanned alone; else
 *     null
 * @param notes what the operator should know
 * @param messages how many messages the run scanned that gave this answer
 * @param began when that run began, by the {@link org.qscan.engine.time.Ticker Ticker}
 * @param ended when it had ended
 */
public record BatchAnswer(
    @Nullable Finding finding,
    @Nullable ScanFailure failure,
    List<String> notes,
    int messages,
    long began,
    long ended) {

  public BatchAnswer {
    notes = List.copyOf(notes);
  }

  /** An answer from what the scanners say of the message. */
  static BatchAnswer of(Finding finding, List<String> notes, int messages, long began, long ended) {
    return new BatchAnswer(finding, null, notes, messages, began, ended);
  }

  /** An answer if the scanners could not say what the message is, although it was scanned alone. */
  static BatchAnswer of(ScanFailure failure, List<String> notes, long began, long ended) {
    return new BatchAnswer(null, failure, notes, 1, began, ended);
  }

  /** An answer if nothing is known, so that the message has to be scanned alone. */
  static BatchAnswer goAlone(List<String> notes) {
    return new BatchAnswer(null, null, notes, 1, 0, 0);
  }

  /** The same answer, with these notes before its own. */
  BatchAnswer after(List<String> earlier) {
    List<String> all = new ArrayList<>(earlier);
    all.addAll(notes);
    return new BatchAnswer(finding, failure, all, messages, began, ended);
  }

  /** Whether the message has to be scanned alone. */
  public boolean isGoAlone() {
    return finding == null && failure == null;
  }
}
