/**
 * What one message is made of: its octets as they arrived, the parts that were found in them, the
 * directory of its session, and the accounts of memory and work that all of it is charged to. Knows
 * nothing of MIME.
 */
@NullMarked
package org.qscan.engine.store;

import org.jspecify.annotations.NullMarked;
