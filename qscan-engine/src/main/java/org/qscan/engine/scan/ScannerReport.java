package org.qscan.engine.scan;

import org.jspecify.annotations.Nullable;

/**
 * One scanner's answer, before those of all are put together.
 *
 * @param scanner its name
 * @param finding what it says, without the ignored threats; null if it could not answer
 * @param failure a sentence that says why it could not answer; empty if it did
 * @param millis how long it took
 */
public record ScannerReport(
    String scanner, @Nullable Finding finding, String failure, long millis) {}
