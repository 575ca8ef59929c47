/** Time, as code that waits sees it: a parameter, so that its tests take no real seconds. */
@NullMarked
package org.qscan.engine.time;

import org.jspecify.annotations.NullMarked;
