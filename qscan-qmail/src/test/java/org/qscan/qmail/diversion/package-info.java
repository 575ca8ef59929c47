@org.jspecify.annotations.NullMarked
package org.qscan.qmail.diversion;
