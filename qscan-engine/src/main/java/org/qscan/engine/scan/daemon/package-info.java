/** Scanners that are daemons: savdid with SSSP and clamd, their addresses, connections, answers. */
@NullMarked
package org.qscan.engine.scan.daemon;

import org.jspecify.annotations.NullMarked;
