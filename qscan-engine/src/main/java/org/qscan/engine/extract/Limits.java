package org.qscan.engine.extract;

/**
 * The limits on what an extractor may make of one message.
 *
 * @param parts the most files
 * @param depth the most levels of parts within parts
 * @param bytes the most bytes in all files together
 */
public record Limits(int parts, int depth, long bytes) {}
