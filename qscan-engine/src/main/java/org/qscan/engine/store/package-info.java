/**
 * What one message is made of: its octets as they arrived, the parts that were found in them, the
 * directory of its session, and the accounts to which its memory and work are charged. It knows
 * nothing of MIME.
 */
@NullMarked
package org.qscan.engine.store;

import org.jspecify.annotations.NullMarked;
