/**
 * Scanners that are programs, run once a message or once a batch: sweep, savscan, avscanner, with
 * their lines and exit codes.
 */
@NullMarked
package org.qscan.engine.scan.program;

import org.jspecify.annotations.NullMarked;
