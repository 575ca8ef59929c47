/**
 * Ordinary mail, as the programs of this world write it: a corpus of our own writing. {@link
 * org.qscan.engine.testing.ordinary.OrdinaryMails} is the way in.
 */
package org.qscan.engine.testing.ordinary;
