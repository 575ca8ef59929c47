package org.qscan.qmail.cli;

import org.qscan.engine.Explanation;

/**
 * A message, its verdict, and the reasons for it.
 *
 * @param judged the verdict, as in {@code scan}
 * @param explanation what was seen
 * @param answer what the front ends would answer
 */
record Explained(FileOutcome judged, Explanation explanation, FrontEndAnswer answer) {}
