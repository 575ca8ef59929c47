/**
 * Files into a verdict: what a scanner is, the panel of all scanners, the tally of what they say,
 * the canaries and the cache. The two packages below know how each scanner is asked. No class here
 * knows an envelope.
 */
@NullMarked
package org.qscan.engine.scan;

import org.jspecify.annotations.NullMarked;
