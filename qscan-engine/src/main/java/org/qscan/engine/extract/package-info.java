/**
 * Takes a message apart into parts that a scanner can read, under names that QScan chooses, and
 * limits what bombs can do. It does not decide what the parts are.
 */
@NullMarked
package org.qscan.engine.extract;

import org.jspecify.annotations.NullMarked;
