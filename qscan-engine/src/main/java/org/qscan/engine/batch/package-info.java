/**
 * Messages that wait at the same time and share a run of the scanner. It knows directories, but not
 * what is in them. Messages about which a shared run leaves a doubt are scanned alone.
 */
@NullMarked
package org.qscan.engine.batch;

import org.jspecify.annotations.NullMarked;
