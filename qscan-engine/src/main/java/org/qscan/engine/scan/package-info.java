/**
 * Files into a verdict: what a scanner is, the panel of all scanners, the tally of what they say,
 * the canaries and the cache. How each scanner is asked is the business of the two packages below.
 * Never sees an envelope.
 */
@NullMarked
package org.qscan.engine.scan;

import org.jspecify.annotations.NullMarked;
