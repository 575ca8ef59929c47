/**
 * The operator's command {@code qscan}: judges files without queueing them, checks an installation,
 * shows the configuration, cleans the work directory, builds the class archive. Nothing here runs
 * when mail arrives.
 */
@NullMarked
package org.qscan.qmail.cli;

import org.jspecify.annotations.NullMarked;
