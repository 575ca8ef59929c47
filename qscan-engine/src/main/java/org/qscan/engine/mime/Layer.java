package org.qscan.engine.mime;

import org.qscan.engine.store.PartBytes;

/**
 * Something that was decoded, and is to be read in its turn as if it were mail.
 *
 * @param bytes what it is
 * @param depth how many times something was decoded to come to it
 * @param hints what the part that it was in says of it
 * @param origin where it comes from
 */
record Layer(PartBytes bytes, int depth, ContentHints hints, Origin origin) {}
