/**
 * The work directory: who is alive in it, how many may scan at once, and what the dead left behind.
 * Does not know what a message is, and starts no process.
 */
@NullMarked
package org.qscan.engine.gate;

import org.jspecify.annotations.NullMarked;
