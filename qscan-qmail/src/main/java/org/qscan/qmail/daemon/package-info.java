/**
 * The resident process: {@code qscand} takes messages from {@code qscan-client} over a Unix socket,
 * and answers what happens to them. It delivers nothing itself.
 */
@NullMarked
package org.qscan.qmail.daemon;

import org.jspecify.annotations.NullMarked;
