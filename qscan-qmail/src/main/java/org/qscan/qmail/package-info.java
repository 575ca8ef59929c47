/**
 * An exact qmail-queue: message on descriptor 0, envelope on descriptor 1, an exit code back. This
 * package knows descriptors, the envelope and the real qmail-queue. It knows nothing of scanners,
 * or of what a message contains.
 */
@NullMarked
package org.qscan.qmail;

import org.jspecify.annotations.NullMarked;
