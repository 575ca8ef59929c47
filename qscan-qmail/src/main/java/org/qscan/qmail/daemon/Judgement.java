package org.qscan.qmail.daemon;

import org.jspecify.annotations.Nullable;
import org.qscan.engine.Facts;
import org.qscan.engine.Verdict;

/**
 * What came of a scan.
 *
 * @param verdict null if it could not be found out
 * @param failure why it could not; else empty
 * @param facts what was seen
 * @param caller the user that the client runs as, as the kernel says
 */
record Judgement(@Nullable Verdict verdict, String failure, Facts facts, String caller) {

  static Judgement failed(String reason, Facts facts, String caller) {
    return new Judgement(null, reason, facts, caller);
  }
}
