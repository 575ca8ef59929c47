package org.qscan.engine;

/**
 * The answer of the engine.
 *
 * @param verdict what the message is
 * @param facts what was seen, and how long each step took
 */
public record ScanReport(Verdict verdict, Facts facts) {}
