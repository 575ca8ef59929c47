/**
 * Which program has the name qmail-queue: qmail's own, or qscan-client in its place. {@code qscan
 * enable} and {@code qscan disable} change it, {@code qscan check} and qscand watch it.
 */
@NullMarked
package org.qscan.qmail.diversion;

import org.jspecify.annotations.NullMarked;
