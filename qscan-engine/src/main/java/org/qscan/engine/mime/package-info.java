/**
 * A message as the most forgiving reader would see it, and what readers would understand in
 * different ways. Takes no decision on what such mail is worth.
 */
@NullMarked
package org.qscan.engine.mime;

import org.jspecify.annotations.NullMarked;
