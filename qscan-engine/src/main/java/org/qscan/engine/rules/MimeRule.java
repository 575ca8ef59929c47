package org.qscan.engine.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules: each one describes a way to write mail that mail programs read differently, or that
 * hides something from some of them.
 *
 * <p>A rule refuses only if some mail program could see content that is in none of our views. If
 * every reading is decoded and scanned, the scanner decides, and the rule is in {@link
 * Tier#LOOK_HARDER}: programs that many people use write boundaries of 76 characters, a multipart
 * that says it is quoted-printable, a footer behind base64, or {@code Content-Transfer-Encoding:
 * utf-8}.
 */
public enum MimeRule {
  CONTENT_TYPE_CONFLICT(Tier.REFUSE, "two Content-Type fields that differ in one header"),
  BOUNDARY_CONFLICT(Tier.REFUSE, "a header from which two boundaries can be read"),
  BOUNDARY_ENCODED(Tier.REFUSE, "a boundary in pieces or with escapes, as in RFC 2231"),
  BOUNDARY_MISSING(Tier.REFUSE, "a multipart without a boundary"),
  MULTIPART_ENCODED(Tier.REFUSE, "a multipart in base64, quoted-printable or the like"),
  MULTIPART_DOUBTFUL(Tier.REFUSE, "a type that only lenient readers would take for multipart"),
  ENCODING_UNREAD(Tier.REFUSE, "a transfer encoding that some programs decode and QScan does not"),
  HEADER_CONTROL(
      Tier.REFUSE, "a NUL, a CR without LF or another separator in the header of a part"),
  HEADER_HIDDEN(Tier.REFUSE, "a Content field that only lenient readers would see"),
  BASE64_FOREIGN(Tier.REFUSE, "characters that are not base64 between lines that are"),
  QUOTED_PRINTABLE_MALFORMED(Tier.REFUSE, "malformed escapes in something that is not text"),
  MESSAGE_PARTIAL(Tier.REFUSE, "one piece of a message: no scanner sees the whole"),
  CONTENT_TYPE_SECOND(
      Tier.LOOK_HARDER,
      "two Content-Type fields that differ in one header, of which one at most separates parts"),
  ENCODING_CONFLICT(
      Tier.LOOK_HARDER, "two Content-Transfer-Encoding fields that differ in one header"),
  BOUNDARY_SYNTAX(
      Tier.LOOK_HARDER,
      "a boundary that is empty, too long, has illegal characters or junk behind it"),
  BOUNDARY_HIDDEN(Tier.LOOK_HARDER, "a boundary that only lenient readers would find"),
  MULTIPART_LABELLED(Tier.LOOK_HARDER, "a multipart that says it is encoded and is not"),
  ENCODING_UNKNOWN(Tier.LOOK_HARDER, "a transfer encoding that RFC 2045 does not know"),
  BASE64_PADDING(Tier.LOOK_HARDER, "base64 that continues after its end"),
  HEADER_BLANK(
      Tier.LOOK_HARDER, "a line of white space in a header, which some readers take for its end"),
  HEADER_BROKEN(Tier.LOOK_HARDER, "a line in a header that is not a field"),
  HEADER_LATE(Tier.LOOK_HARDER, "a Content field after the end of the header"),
  CONTENT_TYPE_SYNTAX(Tier.LOOK_HARDER, "a Content-Type that cannot be read to its end"),
  MESSAGE_ENCODED(Tier.LOOK_HARDER, "an encoded message within the message"),
  CONTENT_TYPE_TWICE(Tier.NOTE, "the same Content-Type twice in one header"),
  ENCODING_TWICE(Tier.NOTE, "the same Content-Transfer-Encoding twice in one header"),
  ENCODING_ODD(Tier.NOTE, "a misspelt transfer encoding that stands for no encoding"),
  TEXT_MALFORMED(Tier.NOTE, "malformed escapes in text"),
  MESSAGE_EXTERNAL(Tier.NOTE, "a part that refers to content elsewhere");

  /** What happens to a message in which a rule fires. */
  public enum Tier {
    /** The log has a note. */
    NOTE,
    /**
     * The log has a note, and the whole message is decoded in every way, whatever its headers say.
     */
    LOOK_HARDER,
    /** The same as {@link #LOOK_HARDER}, and the message is unscannable. */
    REFUSE;

    private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The name used in the configuration. */
    public String text() {
      return text;
    }

    /** The names of all tiers. */
    public static List<String> names() {
      List<String> names = new ArrayList<>();
      for (Tier tier : values()) {
        names.add(tier.text);
      }
      return names;
    }
  }

  private static final Map<String, MimeRule> BY_TEXT = new HashMap<>();

  static {
    for (MimeRule rule : values()) {
      BY_TEXT.put(rule.text, rule);
    }
  }

  private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');
  private final Tier tier;
  private final String meaning;

  MimeRule(Tier tier, String meaning) {
    this.tier = tier;
    this.meaning = meaning;
  }

  /** The names of all rules. */
  public static List<String> names() {
    List<String> names = new ArrayList<>();
    for (MimeRule rule : values()) {
      names.add(rule.text);
    }
    return names;
  }

  /** The rule of this name, or null. */
  public static @Nullable MimeRule of(String text) {
    return BY_TEXT.get(text);
  }

  /** The name used in the configuration and in the log. */
  public String text() {
    return text;
  }

  /** The tier of the rule, unless the site has changed it. */
  public Tier tier() {
    return tier;
  }

  /** What fires the rule, in words. */
  public String meaning() {
    return meaning;
  }
}
