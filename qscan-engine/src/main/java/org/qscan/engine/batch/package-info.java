/**
 * Messages that wait at the same time and share a run of the scanner. Knows directories, but not
 * what is in them. Whatever a shared run leaves in doubt is scanned alone.
 */
@NullMarked
package org.qscan.engine.batch;

import org.jspecify.annotations.NullMarked;
