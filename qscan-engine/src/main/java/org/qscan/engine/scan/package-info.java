/**
 * Files into a verdict: one class a scanner, its dialect as a table. Runs programs only through
 * {@link org.qscan.engine.process.Child}, and never sees an envelope.
 */
@NullMarked
package org.qscan.engine.scan;

import org.jspecify.annotations.NullMarked;
