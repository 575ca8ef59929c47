package org.qscan.engine.extract;

/**
 * How much may come out of one message, for each extractor.
 *
 * @param parts files
 * @param depth parts within parts
 * @param bytes in all files together
 */
public record Limits(int parts, int depth, long bytes) {}
