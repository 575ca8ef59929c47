/**
 * Unit tests name no class of javax.mail or jakarta.mail either: the same class files run against
 * the jars of James 3.8 and of 3.9.
 */
@NullMarked
package org.qscan.mailet;

import org.jspecify.annotations.NullMarked;
