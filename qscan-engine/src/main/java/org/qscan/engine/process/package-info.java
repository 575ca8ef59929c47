/**
 * Child processes: with a list of arguments, an environment of their own, a deadline, bounded
 * output, and an end that includes all descendants. This package knows nothing of mail or viruses,
 * and does not decide what a child's answer means.
 */
@NullMarked
package org.qscan.engine.process;

import org.jspecify.annotations.NullMarked;
