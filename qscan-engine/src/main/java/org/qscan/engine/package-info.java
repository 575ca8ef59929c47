/**
 * The way in: {@link org.qscan.engine.ScanEngine} opens a {@link org.qscan.engine.ScanSession} for
 * one message, which ends in an {@link org.qscan.engine.Outcome}: a {@link
 * org.qscan.engine.ScanReport} with a {@link org.qscan.engine.Verdict}, or the reason why there is
 * none. The engine decides what a message is, and the front ends decide what to answer. The engine
 * knows nothing of qmail, of James, or of their exit codes.
 */
@NullMarked
package org.qscan.engine;

import org.jspecify.annotations.NullMarked;
