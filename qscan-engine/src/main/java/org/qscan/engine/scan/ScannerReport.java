package org.qscan.engine.scan;

import org.jspecify.annotations.Nullable;

/**
 * One scanner's answer, before those of all are put together.
 *
 * @param scanner its name
 * @param finding what it says, without the threats that are ignored; null: it could not answer
 * @param failure why not, a sentence; else empty
 * @param millis how long it took
 */
public record ScannerReport(
    String scanner, @Nullable Finding finding, String failure, long millis) {}
