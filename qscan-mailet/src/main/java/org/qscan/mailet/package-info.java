/**
 * The front end for Apache James: a mailet and an SMTP hook over one engine. Knows mails, replies
 * and processors; nothing of scanners or of what is in a message.
 *
 * <p>One jar serves James 3.8, whose messages are {@code javax.mail}'s, and 3.9, whose are {@code
 * jakarta.mail}'s. So neither is named anywhere in this package, not even in a {@code throws}
 * clause; the way to the message is in {@link org.qscan.mailet.MessageAccess} alone.
 */
@NullMarked
package org.qscan.mailet;

import org.jspecify.annotations.NullMarked;
