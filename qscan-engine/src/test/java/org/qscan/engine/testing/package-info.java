/**
 * Fakes and helpers for tests, of the front ends as well: programs that behave as badly as a
 * scanner can, second Java virtual machines, mails. Fakes, not mocks: what a test runs is real.
 */
@NullMarked
package org.qscan.engine.testing;

import org.jspecify.annotations.NullMarked;
