/**
 * The front end for Apache James: the place of the mailet {@code VirusScan} and of the SMTP hook
 * {@code VirusScanHook}, which this version does not have yet.
 */
@NullMarked
package org.qscan.mailet;

import org.jspecify.annotations.NullMarked;
