/**
 * Which messages can be read in one way only: a positive grammar on their octets. It is narrower
 * than RFC 5322 and 2045, and what it does not know is odd, not wrong.
 */
@NullMarked
package org.qscan.engine.plain;

import org.jspecify.annotations.NullMarked;
