/**
 * The rules about mail that mail programs read differently, and the tier of each rule at a site.
 * This package does not know how mail is read.
 */
@NullMarked
package org.qscan.engine.rules;

import org.jspecify.annotations.NullMarked;
