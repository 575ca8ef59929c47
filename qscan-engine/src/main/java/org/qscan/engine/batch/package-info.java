/**
 * Messages that wait at the same time, and share a run of the scanner. This package knows
 * directories, but not their content. If a shared run leaves a doubt about a message, the message
 * is scanned alone.
 */
@NullMarked
package org.qscan.engine.batch;

import org.jspecify.annotations.NullMarked;
