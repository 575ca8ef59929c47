/**
 * The work directory: which sessions live in it, how many may scan at the same time, and what dead
 * sessions left there. This package does not know what a message is, and it starts no process.
 */
@NullMarked
package org.qscan.engine.gate;

import org.jspecify.annotations.NullMarked;
