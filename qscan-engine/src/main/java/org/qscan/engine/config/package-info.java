/**
 * The one configuration file of all front ends: every key, its default and what is allowed, in one
 * table ({@link org.qscan.engine.config.Key}).
 */
@NullMarked
package org.qscan.engine.config;

import org.jspecify.annotations.NullMarked;
