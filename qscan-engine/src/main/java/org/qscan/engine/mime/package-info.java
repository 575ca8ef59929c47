/**
 * Reads a message as the most lenient reader would, and finds what readers would understand in
 * different ways. It does not decide what becomes of such mail.
 */
@NullMarked
package org.qscan.engine.mime;

import org.jspecify.annotations.NullMarked;
