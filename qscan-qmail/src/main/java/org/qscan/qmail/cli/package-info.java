/**
 * The operator's command {@code qscan}: judges files without queueing them, checks an installation,
 * shows the configuration, cleans the work directory, builds the class archive. Takes no part in a
 * message's way: nothing here runs when mail arrives.
 */
@NullMarked
package org.qscan.qmail.cli;

import org.jspecify.annotations.NullMarked;
