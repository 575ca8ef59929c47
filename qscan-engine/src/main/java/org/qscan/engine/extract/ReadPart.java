package org.qscan.engine.extract;

import java.nio.ByteBuffer;

/**
 * A part as a reader made it.
 *
 * @param label what the reader says of it
 * @param path which multiparts and enclosed messages it is in, from the top; empty if it is in
 *     none, or if the reader does not tell
 * @param octets all of it; not to be changed
 */
public record ReadPart(Insight.Label label, String path, ByteBuffer octets) {}
