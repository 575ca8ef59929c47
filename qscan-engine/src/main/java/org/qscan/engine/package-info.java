/**
 * The way in: {@link org.qscan.engine.ScanEngine} opens a {@link org.qscan.engine.ScanSession} for
 * one message, which ends in an {@link org.qscan.engine.Outcome}: a {@link
 * org.qscan.engine.ScanReport} with a {@link org.qscan.engine.Verdict}, or the reason why there is
 * none. The engine says what a message is; what to answer is for the front ends. It has never heard
 * of qmail, James or an exit code of theirs.
 */
@NullMarked
package org.qscan.engine;

import org.jspecify.annotations.NullMarked;
