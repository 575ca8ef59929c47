package org.qscan.engine.testing.ordinary;

import java.util.function.Function;

/**
 * A shape of mail.
 *
 * @param kind by which figures are counted: mailer, program, newsletter, list, forward, bounce ...
 * @param program that sends it
 * @param writes the mail
 */
record Shape(String kind, String program, Function<Pen, String> writes) {}
