/**
 * A message into parts that a scanner can read, under names of ours, and the limits on bombs. Takes
 * no decision on what the parts are.
 */
@NullMarked
package org.qscan.engine.extract;

import org.jspecify.annotations.NullMarked;
