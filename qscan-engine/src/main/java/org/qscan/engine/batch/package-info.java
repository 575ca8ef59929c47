/**
 * Messages that wait at the same time and share a run of the scanner. Knows directories, not what
 * is in them; whatever a shared run leaves in doubt is scanned alone.
 */
@NullMarked
package org.qscan.engine.batch;

import org.jspecify.annotations.NullMarked;
