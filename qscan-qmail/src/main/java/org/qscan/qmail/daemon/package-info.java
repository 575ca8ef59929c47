/**
 * The resident process: {@code qscand} takes messages from {@code qscan-client} over a Unix socket,
 * and answers what becomes of them. It never delivers.
 */
@NullMarked
package org.qscan.qmail.daemon;

import org.jspecify.annotations.NullMarked;
