package org.qscan.engine.mime;

import java.util.List;

/**
 * A uuencoded file that begins in one part and goes on in others, as old programs send what is too
 * long for one, and as decoders of whole mailboxes put it together.
 *
 * @param part the one in which it begins
 * @param first its lines there
 * @param ranges all its lines
 */
record Continuation(Part part, Part.Quoted first, List<ByteRange> ranges) {}
