package org.qscan.engine.plain;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The value of a Content-Type or Content-Disposition in its plainest form: a word or two, and
 * parameters that are each {@code ; name=value}, without comments, backslashes, octets above 127 or
 * blanks around the {@code =}.
 */
final class ContentValue {

  /** Stands in an unfolded value where a line ended. */
  static final char FOLD = '\n';

  private static final int MOST_PARAMETERS = 10;
  private static final String SPECIALS = "()<>@,;:\\\"/[]?=";

  private final String text;
  private final List<String> names = new ArrayList<>(4);
  private final List<String> values = new ArrayList<>(4);
  private String type = "";
  private int end;
  private int at;

  private ContentValue(String text) {
    this.text = text;
  }

  /**
   * Reads one.
   *
   * @param text with {@link #FOLD} where lines ended
   * @param slash whether a subtype belongs to it
   * @return null if it is in another form
   */
  static @Nullable ContentValue of(String text, boolean slash) {
    ContentValue value = new ContentValue(text);
    return value.read(slash) ? value : null;
  }

  private boolean read(boolean slash) {
    skipBlanks();
    int from = at;
    if (!skipToken() || (slash && !(skip('/') && skipToken()))) {
      return false;
    }
    type = text.substring(from, at).toLowerCase(Locale.ROOT);
    end = at;
    while (true) {
      skipBlanks();
      if (at == text.length()) {
        return true;
      }
      if (!skip(';') || !parameter()) {
        return false;
      }
    }
  }

  private boolean parameter() {
    skipBlanks();
    int from = at;
    if (!skipToken() || names.size() == MOST_PARAMETERS) {
      return false;
    }
    String name = text.substring(from, at).toLowerCase(Locale.ROOT);
    if (names.contains(name) || !skip('=')) {
      return false;
    }
    from = at;
    if (skip('"')) {
      while (at < text.length() && isQuotable(text.charAt(at))) {
        at++;
      }
      values.add(text.substring(from + 1, at));
      names.add(name);
      return skip('"');
    }
    if (!skipToken()) {
      return false;
    }
    values.add(text.substring(from, at));
    names.add(name);
    return true;
  }

  private void skipBlanks() {
    while (at < text.length()
        && (text.charAt(at) == ' ' || text.charAt(at) == '\t' || text.charAt(at) == FOLD)) {
      at++;
    }
  }

  private boolean skip(char expected) {
    if (at == text.length() || text.charAt(at) != expected) {
      return false;
    }
    at++;
    return true;
  }

  private boolean skipToken() {
    int from = at;
    while (at < text.length() && isToken(text.charAt(at))) {
      at++;
    }
    return at > from;
  }

  private static boolean isToken(char c) {
    return c > ' ' && c < 127 && SPECIALS.indexOf(c) < 0;
  }

  private static boolean isQuotable(char c) {
    return c >= ' ' && c < 127 && c != '"' && c != '\\';
  }

  /** Type and subtype, or the disposition, in lower case. */
  String type() {
    return type;
  }

  /** Where the type ends in the text. */
  int end() {
    return end;
  }

  /** In which form a name is given: plain, encoded word, RFC 2231; empty: there is none. */
  String formOf(String file) {
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (name.equals(file)) {
        return values.get(i).contains("=?") ? "encoded word" : "plain";
      } else if (name.startsWith(file + '*')) {
        return name.equals(file + '*') ? "RFC 2231" : "RFC 2231 in pieces";
      }
    }
    return "";
  }

  /** The value of a parameter, without quotes; null if there is none. */
  @Nullable String parameter(String name) {
    int index = names.indexOf(name);
    return index < 0 ? null : values.get(index);
  }

  /**
   * Whether each parameter is there in one form: as it is, or as RFC 2231 extends it, and the
   * latter only for names of files.
   *
   * @param file the parameter that is a file's name
   */
  boolean hasOneForm(String file) {
    int pieces = 0;
    int forms = 0;
    boolean inPieces = false;
    for (String name : names) {
      int star = name.indexOf('*');
      String base = star < 0 ? name : name.substring(0, star);
      if (!base.equals(file)) {
        if (star >= 0) {
          return false;
        }
        continue;
      }
      if (star < 0 || star == name.length() - 1) {
        forms++;
        continue;
      }
      String piece = name.substring(star + 1);
      String number = piece.endsWith("*") ? piece.substring(0, piece.length() - 1) : piece;
      if (!number.equals(Integer.toString(pieces))) {
        return false; // they stand there in their order
      }
      pieces++;
      inPieces = true;
    }
    return forms + (inPieces ? 1 : 0) <= 1;
  }
}
