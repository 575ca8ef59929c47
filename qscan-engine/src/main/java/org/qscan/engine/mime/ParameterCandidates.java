package org.qscan.engine.mime;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Finds all values that some reader could read for a parameter: quoted and unquoted, with and
 * without comments and backslashes, with what follows in the line and without it, the sections of
 * RFC 2231 joined by their numbers and as they stand, encoded words decoded. No reader reads most
 * of these values. Only a limited length of a header is searched.
 */
final class ParameterCandidates {

  private static final int LONGEST_FIELD = 65536;
  private static final int LONGEST_VALUE = 1000;
  private static final int MOST_PLACES = 64;
  private static final int MOST_VALUES = 200;

  private record Section(int number, boolean encoded, String value) {}

  /** What it costs to look at a field at all, at each character of it, at each place in it. */
  private static final int FIELD = 3000;

  private static final int CHARACTER = 20;
  private static final int PLACE = 2500;
  private static final int PLACE_CHARACTER = 15;

  private final String key;
  private final Meter meter;
  private final Set<String> values = new LinkedHashSet<>();

  private ParameterCandidates(String key, Meter meter) {
    this.key = key;
    this.meter = meter;
  }

  /**
   * Values for a key.
   *
   * @param field a header, unfolded or not
   * @param key in small letters; what ends with it counts as well, like filename for name
   * @param meter pays for it
   */
  static Set<String> of(String field, String key, Meter meter) throws OverLimitException {
    meter.pay(FIELD + (long) CHARACTER * Math.min(field.length(), LONGEST_FIELD));
    ParameterCandidates candidates = new ParameterCandidates(key, meter);
    String text =
        unfold(field.length() > LONGEST_FIELD ? field.substring(0, LONGEST_FIELD) : field);
    Set<String> variants = new LinkedHashSet<>();
    variants.add(text);
    variants.add(without(text, "\0"));
    variants.add(withoutComments(text));
    variants.add(without(text, "\\"));
    variants.add(without(withoutComments(text), "\\\""));
    variants.add(candidates.encodedWords(text, 0));
    for (String variant : variants) {
      candidates.read(variant);
    }
    return candidates.values;
  }

  /** A fold is the line end; the blank behind it stays. */
  static String unfold(String text) {
    return without(text, "\r\n");
  }

  private void read(String text) throws OverLimitException {
    String lower = text.toLowerCase(Locale.ROOT);
    List<Section> sections = new ArrayList<>();
    int places = 0;
    for (int at = lower.indexOf(key);
        at >= 0 && places < MOST_PLACES && values.size() < MOST_VALUES; // no more are kept
        at = lower.indexOf(key, at + key.length())) {
      places++;
      read(text, at + key.length(), sections);
    }
    join(sections);
  }

  /** Reads {@code *0*=value} from behind the key. */
  private void read(String text, int from, List<Section> sections) throws OverLimitException {
    int i = skipBlanks(text, from);
    int number = -1;
    boolean encoded = false;
    while (i < text.length() && text.charAt(i) == '*') {
      i++;
      int digits = i;
      while (i < text.length() && i - digits < 6 && Character.isDigit(text.charAt(i))) {
        i++;
      }
      if (i > digits) {
        number = Integer.parseInt(text.substring(digits, i));
      } else {
        encoded = true;
      }
    }
    i = skipBlanks(text, i);
    while (i < text.length() && (text.charAt(i) == '"' || text.charAt(i) == '\\')) {
      i++; // "name"=value
    }
    i = skipBlanks(text, i);
    if (i >= text.length() || text.charAt(i) != '=') {
      return;
    }
    i = skipBlanks(text, i + 1);
    String rest = text.substring(i, Math.min(text.length(), i + LONGEST_VALUE));
    meter.pay(PLACE + PLACE_CHARACTER * rest.length());
    for (String value : readings(rest)) {
      add(value);
      if (encoded || value.indexOf('%') >= 0 || value.indexOf('\'') >= 0) {
        addExtended(value);
        add(decodePercent(value, StandardCharsets.UTF_8));
      }
    }
    if (number >= 0 || encoded) {
      sections.add(new Section(Math.max(0, number), encoded, until(rest, ";").strip()));
    }
  }

  /** What may be meant by what stands behind an equals sign. */
  private static Set<String> readings(String rest) {
    Set<String> readings = new LinkedHashSet<>();
    char quote = rest.isEmpty() ? 0 : rest.charAt(0);
    if (quote == '"' || quote == '\'') {
      readings.add(quoted(rest, quote));
      int last = rest.lastIndexOf(quote);
      readings.add(rest.substring(1, Math.max(1, last)));
      readings.add(until(rest.substring(1), ";"));
    }
    String whole = until(rest, ";").strip();
    readings.add(whole);
    readings.add(without(whole, "\"\\"));
    readings.add(without(rest, "\"\\"));
    readings.add(until(rest, "; \t\r\n"));
    readings.add(until(rest, "; \t\r\n\",("));
    return readings;
  }

  private static String quoted(String rest, char quote) {
    StringBuilder value = new StringBuilder();
    for (int i = 1; i < rest.length() && rest.charAt(i) != quote; i++) {
      if (rest.charAt(i) == '\\' && i + 1 < rest.length()) {
        i++;
      }
      value.append(rest.charAt(i));
    }
    return value.toString();
  }

  /** By their numbers, and as they stand; the encoded ones decoded. */
  private void join(List<Section> sections) throws OverLimitException {
    if (sections.size() < 2) {
      return;
    }
    List<Section> sorted = new ArrayList<>(sections);
    sorted.sort((a, b) -> Integer.compare(a.number, b.number));
    for (List<Section> order : List.of(sorted, sections)) {
      StringBuilder plain = new StringBuilder();
      StringBuilder decoded = new StringBuilder();
      StringBuilder once = new StringBuilder();
      Set<Integer> seen = new LinkedHashSet<>();
      for (Section section : order) {
        meter.pay(PLACE + PLACE_CHARACTER * section.value.length());
        String value = without(section.value, "\"");
        if (seen.add(section.number)) {
          plain.append(value);
          decoded.append(section.encoded ? decodePercent(value, StandardCharsets.UTF_8) : value);
          once.append(value);
        }
      }
      add(plain.toString());
      add(decoded.toString());
      add(withoutCharset(decoded.toString()));
      addExtended(once.toString());
    }
  }

  private void add(String value) throws OverLimitException {
    String clean = value.strip();
    if (!clean.isEmpty() && values.size() < MOST_VALUES) {
      values.add(clean);
      if (clean.contains("=?")) {
        values.add(encodedWords(clean, 0).strip());
        values.add(encodedWords(clean, 1).strip());
      }
    }
  }

  /** {@code charset'language'value}, with escapes; of UTF-16 in both orders. */
  private void addExtended(String value) throws OverLimitException {
    meter.pay(PLACE + PLACE_CHARACTER * value.length());
    int first = value.indexOf('\'');
    int second = first < 0 ? -1 : value.indexOf('\'', first + 1);
    String plain = value.substring(second + 1);
    for (Charset charset : charsets(second < 0 ? "" : value.substring(0, first))) {
      add(decodePercent(plain, charset));
    }
  }

  private List<Charset> charsets(String name) throws OverLimitException {
    return name.strip().equalsIgnoreCase("utf-16")
        ? List.of(StandardCharsets.UTF_16BE, StandardCharsets.UTF_16LE)
        : List.of(charset(name));
  }

  private static String withoutCharset(String value) {
    int first = value.indexOf('\'');
    int second = first < 0 ? -1 : value.indexOf('\'', first + 1);
    return second < 0 ? value : value.substring(second + 1);
  }

  private static String decodePercent(String value, Charset charset) {
    byte[] octets = new byte[value.length()];
    int length = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      int escaped = c == '%' ? hex(value, i + 1) : -1;
      octets[length++] = (byte) (escaped < 0 ? c : escaped);
      i += escaped < 0 ? 0 : 2;
    }
    return new String(octets, 0, length, charset);
  }

  private static int hex(String text, int at) {
    if (at + 1 >= text.length()) {
      return -1;
    }
    int high = Character.digit(text.charAt(at), 16);
    int low = Character.digit(text.charAt(at + 1), 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  private Charset charset(String name) throws OverLimitException {
    Charset charset = Charsets.named(name.strip(), meter);
    return charset == null ? StandardCharsets.UTF_8 : charset;
  }

  /**
   * Decodes {@code =?charset?b?...?=} wherever it stands; white space between two of them goes.
   *
   * @param order of UTF-16: 0 for the larger octet first, 1 for the smaller
   */
  private String encodedWords(String text, int order) throws OverLimitException {
    StringBuilder out = new StringBuilder();
    int from = 0;
    int at = text.indexOf("=?");
    while (at >= 0) {
      int charsetEnd = text.indexOf('?', at + 2);
      int encodingEnd = charsetEnd < 0 ? -1 : text.indexOf('?', charsetEnd + 1);
      int end = encodingEnd < 0 ? -1 : text.indexOf("?=", encodingEnd + 1);
      if (end < 0) {
        break;
      }
      String gap = text.substring(from, at);
      out.append(from > 0 && gap.isBlank() ? "" : gap);
      out.append(
          word(
              text.substring(at + 2, charsetEnd),
              text.substring(charsetEnd + 1, encodingEnd),
              text.substring(encodingEnd + 1, end),
              order));
      from = end + 2;
      at = text.indexOf("=?", from);
    }
    return out.append(text, from, text.length()).toString();
  }

  private String word(String charset, String encoding, String data, int order)
      throws OverLimitException {
    meter.pay(PLACE + PLACE_CHARACTER * data.length());
    byte[] octets;
    if (encoding.equalsIgnoreCase("b")) {
      try {
        octets = Base64.getMimeDecoder().decode(data);
      } catch (IllegalArgumentException e) {
        return data;
      }
    } else {
      octets =
          decodePercent(data.replace('_', ' ').replace('=', '%'), StandardCharsets.ISO_8859_1)
              .getBytes(StandardCharsets.ISO_8859_1);
    }
    int language = charset.indexOf('*');
    List<Charset> charsets = charsets(language < 0 ? charset : charset.substring(0, language));
    return new String(octets, charsets.get(Math.min(order, charsets.size() - 1)));
  }

  static String withoutComments(String text) {
    if (text.indexOf('(') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '(') {
        depth++;
      } else if (c == ')' && depth > 0) {
        depth--;
      } else if (depth == 0) {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** The text without these characters. */
  static String without(String text, String characters) {
    int first = until(text, characters).length();
    if (first == text.length()) {
      return text; // nearly always
    }
    StringBuilder out = new StringBuilder(text.length()).append(text, 0, first);
    for (int i = first; i < text.length(); i++) {
      if (characters.indexOf(text.charAt(i)) < 0) {
        out.append(text.charAt(i));
      }
    }
    return out.toString();
  }

  private static String until(String text, String ends) {
    int end = text.length();
    for (int i = 0; i < ends.length(); i++) { // each is one look, many octets at a time
      int at = text.indexOf(ends.charAt(i));
      end = at >= 0 && at < end ? at : end;
    }
    return text.substring(0, end);
  }

  private static int skipBlanks(String text, int from) {
    int i = from;
    while (i < text.length() && text.charAt(i) <= ' ') {
      i++;
    }
    return i;
  }
}
