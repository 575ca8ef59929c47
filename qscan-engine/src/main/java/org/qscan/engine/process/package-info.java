/**
 * Children: an argument list, an environment of our own, a deadline, bounded output, and an end for
 * the whole tree. Knows nothing of mail or viruses, and takes no decision on what a child's answer
 * means.
 */
@NullMarked
package org.qscan.engine.process;

import org.jspecify.annotations.NullMarked;
