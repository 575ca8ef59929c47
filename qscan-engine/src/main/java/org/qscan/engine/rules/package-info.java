/**
 * The rules about mail that readers understand differently, and what a site makes of each. Knows
 * nothing of how mail is read.
 */
@NullMarked
package org.qscan.engine.rules;

import org.jspecify.annotations.NullMarked;
