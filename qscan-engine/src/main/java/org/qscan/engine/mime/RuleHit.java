package org.qscan.engine.mime;

import org.qscan.engine.rules.MimeRule;

/**
 * A rule that has fired.
 *
 * @param rule the rule
 * @param line the line of the message, or of what was decoded; the first is 1
 * @param text the offending line, not escaped
 */
public record RuleHit(MimeRule rule, long line, String text) {}
