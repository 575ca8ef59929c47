package org.qscan.engine.mime;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A Content-Type, read strictly as RFC 2045 defines it, except that boundaries need no quotes,
 * because half of all mail programs forget them.
 *
 * @param type in small letters, like {@code text/plain}; whatever stands there, where it is none
 * @param parameters in their order
 * @param complete whether it could be read to its end
 */
record ContentType(String type, List<Parameter> parameters, boolean complete) {

  /**
   * One parameter.
   *
   * @param name in small letters
   * @param value without its quotes
   * @param quoted whether it had any
   */
  record Parameter(String name, String value, boolean quoted) {}

  static ContentType of(String field) {
    return new ContentTypeParser(ParameterCandidates.unfold(field)).read();
  }

  /** The first parameter of this name, which is in small letters; null if there is none. */
  @Nullable String parameter(String name) {
    for (Parameter parameter : parameters) {
      if (parameter.name().equals(name)) {
        return parameter.value();
      }
    }
    return null;
  }

  boolean isMultipart() {
    return type.startsWith("multipart/") && isType();
  }

  boolean isMessage() {
    return type.startsWith("message/") && isType();
  }

  boolean isText() {
    return type.startsWith("text/");
  }

  /** Whether the type is one: two tokens and a slash. */
  boolean isType() {
    int slash = type.indexOf('/');
    return slash > 0
        && slash < type.length() - 1
        && isToken(type.substring(0, slash))
        && isToken(type.substring(slash + 1));
  }

  private static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isTokenCharacter(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static boolean isTokenCharacter(char c) {
    return c > ' ' && c < 127 && "()<>@,;:\\\"/[]?=".indexOf(c) < 0;
  }

  private static final class ContentTypeParser {
    private final String text;
    private int at;

    ContentTypeParser(String text) {
      this.text = text;
    }

    ContentType read() {
      int semicolon = text.indexOf(';');
      String type = (semicolon < 0 ? text : text.substring(0, semicolon)).strip();
      at = semicolon < 0 ? text.length() : semicolon;
      List<Parameter> parameters = new ArrayList<>();
      boolean complete = true;
      while (complete && skipToParameter()) {
        complete = parameter(parameters);
      }
      return new ContentType(type.toLowerCase(Locale.ROOT), parameters, complete);
    }

    /** Behind a semicolon or several; false at the end. */
    private boolean skipToParameter() {
      while (at < text.length() && (text.charAt(at) == ';' || text.charAt(at) <= ' ')) {
        at++;
      }
      return at < text.length();
    }

    private boolean parameter(List<Parameter> parameters) {
      int start = at;
      while (at < text.length() && isTokenCharacter(text.charAt(at))) {
        at++;
      }
      String name = text.substring(start, at).toLowerCase(Locale.ROOT);
      boolean strict = name.startsWith("boundary"); // readers differ, and it matters
      skipBlanks(strict);
      if (name.isEmpty() || at >= text.length() || text.charAt(at) != '=') {
        return false;
      }
      at++;
      skipBlanks(strict);
      boolean quoted = at < text.length() && text.charAt(at) == '"';
      String value = quoted ? quoted() : plain();
      parameters.add(new Parameter(name, value, quoted));
      while (at < text.length() && text.charAt(at) <= ' ') {
        at++;
      }
      return at >= text.length() || text.charAt(at) == ';';
    }

    private void skipBlanks(boolean strict) {
      while (!strict && at < text.length() && text.charAt(at) <= ' ') {
        at++;
      }
    }

    /** Leaves the position off the end where the quote is not closed. */
    private String quoted() {
      StringBuilder value = new StringBuilder();
      for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
        if (text.charAt(at) == '\\' && at + 1 < text.length()) {
          value.append('\\'); // no boundary needs one: it stays, as what it is
          at++;
        }
        value.append(text.charAt(at));
      }
      if (at >= text.length()) {
        return value.append('"').toString();
      }
      at++;
      return value.toString();
    }

    private String plain() {
      int start = at;
      while (at < text.length() && text.charAt(at) != ';' && text.charAt(at) > ' ') {
        at++;
      }
      return text.substring(start, at);
    }
  }
}
