package org.qscan.engine.mime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Joins URIs that are parameters in pieces (RFC 2231, 3), such as {@code URL*0="data:";
 * URL*1="..."}. No single piece is a URI.
 */
final class ParameterPieces {

  private static final int MOST_DIGITS = 6;

  private final String text;
  private int at;
  private final Map<String, TreeMap<Integer, String>> byNumber = new LinkedHashMap<>();
  private final Map<String, StringBuilder> asTheyCome = new LinkedHashMap<>();

  private ParameterPieces(String text) {
    this.text = text;
  }

  /** Whether there may be pieces in a field. */
  static boolean mayBeIn(String text) {
    return text.contains("*0") || text.contains("*1");
  }

  /** The URIs with a file in them, put together by their numbers, and as they come. */
  static List<String> uris(String text) {
    ParameterPieces pieces = new ParameterPieces(text);
    pieces.read();
    Set<String> joined = new LinkedHashSet<>();
    for (TreeMap<Integer, String> numbered : pieces.byNumber.values()) {
      joined.add(String.join("", numbered.values()));
    }
    for (StringBuilder all : pieces.asTheyCome.values()) {
      joined.add(all.toString());
    }
    List<String> uris = new ArrayList<>();
    for (String uri : joined) {
      if (uri.toLowerCase(Locale.ROOT).contains("data:")) {
        uris.add(uri);
      }
    }
    return uris;
  }

  private void read() {
    while (next(';')) {
      int from = at;
      while (at < text.length() && text.charAt(at) != '=' && text.charAt(at) != ';') {
        at++;
      }
      String name = ParameterCandidates.without(text.substring(from, at), " \t\n\r");
      if (at < text.length() && text.charAt(at) == '=') {
        at++;
        piece(name.toLowerCase(Locale.ROOT), value());
      }
    }
  }

  /** Goes behind the next one that is not in quotes; false if there is none. */
  private boolean next(char wanted) {
    boolean quoted = false;
    for (; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\' && quoted) {
        at++;
      } else if (c == wanted && !quoted) {
        at++;
        return true;
      }
    }
    return false;
  }

  /**
   * A value without its quotes and without white space, which means nothing in a URI (RFC 2017).
   */
  private String value() {
    StringBuilder value = new StringBuilder();
    boolean quoted = false;
    for (; at < text.length() && (quoted || text.charAt(at) != ';'); at++) {
      char c = text.charAt(at);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\' && quoted && at + 1 < text.length()) {
        value.append(text.charAt(++at));
      } else if (c > ' ') {
        value.append(c);
      }
    }
    return value.toString();
  }

  private void piece(String name, String value) {
    int star = name.indexOf('*');
    if (star <= 0) {
      return;
    }
    boolean extended = name.endsWith("*") && name.length() - 1 > star;
    int number = number(name.substring(star + 1, name.length() - (extended ? 1 : 0)));
    if (number < 0) {
      return;
    }
    String octets = extended ? decoded(number == 0 ? behindCharset(value) : value) : value;
    String of = name.substring(0, star);
    byNumber.computeIfAbsent(of, any -> new TreeMap<>()).putIfAbsent(number, octets);
    asTheyCome.computeIfAbsent(of, any -> new StringBuilder()).append(octets);
  }

  private static int number(String digits) {
    int number = digits.isEmpty() || digits.length() > MOST_DIGITS ? -1 : 0;
    for (int i = 0; i < digits.length() && number >= 0; i++) {
      int digit = Character.digit(digits.charAt(i), 10);
      number = digit < 0 ? -1 : number * 10 + digit;
    }
    return number;
  }

  private static String behindCharset(String value) {
    int first = value.indexOf('\'');
    int second = first < 0 ? -1 : value.indexOf('\'', first + 1);
    return second < 0 ? value : value.substring(second + 1);
  }

  private static String decoded(String value) {
    StringBuilder decoded = new StringBuilder();
    for (int i = 0; i < value.length(); ) {
      char c = value.charAt(i);
      int high = i + 2 < value.length() && c == '%' ? Character.digit(value.charAt(i + 1), 16) : -1;
      int low = high < 0 ? -1 : Character.digit(value.charAt(i + 2), 16);
      decoded.append(low < 0 ? c : (char) (high << 4 | low));
      i += low < 0 ? 1 : 3;
    }
    return decoded.toString();
  }
}
