/**
 * An exact qmail-queue: message on descriptor 0, envelope on descriptor 1, an exit code back. Knows
 * descriptors, the envelope and the real qmail-queue; nothing of scanners or of what is in a
 * message.
 */
@NullMarked
package org.qscan.qmail;

import org.jspecify.annotations.NullMarked;
