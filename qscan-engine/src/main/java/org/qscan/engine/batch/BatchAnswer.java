package org.qscan.engine.batch;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.scan.Finding;

/**
 * What came of sharing a run.
 *
 * @param finding what the scanners say of the message; null if it has to be scanned alone, or
 *     failed
 * @param failure why the scanners could not say what it is, though it was alone; else null
 * @param notes what the operator should know
 * @param messages how many the run scanned that answered
 * @param began when that run began, as {@link System#nanoTime} has it
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

  /** Nothing is known: it has to be scanned alone. */
  static BatchAnswer goAlone(List<String> notes) {
    return new BatchAnswer(null, null, notes, 1, 0, 0);
  }

  /** Whether the message has to be scanned alone. */
  public boolean isGoAlone() {
    return finding == null && failure == null;
  }
}
