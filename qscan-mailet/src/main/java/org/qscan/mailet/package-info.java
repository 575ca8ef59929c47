/**
 * The front end for Apache James: a mailet and an SMTP hook that use one engine. It knows mails,
 * replies and processors, and nothing of scanners or of the content of a message.
 *
 * <p>One jar serves James 3.8, whose messages are those of {@code javax.mail}, and 3.9, whose
 * messages are those of {@code jakarta.mail}. So neither is named anywhere in this package, not
 * even in a {@code throws} clause; only {@link org.qscan.mailet.MessageAccess} accesses the
 * message.
 */
@NullMarked
package org.qscan.mailet;

import org.jspecify.annotations.NullMarked;
