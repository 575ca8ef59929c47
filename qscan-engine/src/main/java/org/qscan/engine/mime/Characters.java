package org.qscan.engine.mime;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The characters of HTML or XML, an octet each, with character references as what they stand for,
 * and any number of them to be read again.
 */
final class Characters {

  private static final int LONGEST_REFERENCE = 12;
  private static final Map<String, Integer> NAMED =
      Map.ofEntries(
          Map.entry("amp", (int) '&'),
          Map.entry("lt", (int) '<'),
          Map.entry("gt", (int) '>'),
          Map.entry("quot", (int) '"'),
          Map.entry("apos", (int) '\''),
          Map.entry("colon", (int) ':'),
          Map.entry("semi", (int) ';'),
          Map.entry("comma", (int) ','),
          Map.entry("sol", (int) '/'),
          Map.entry("plus", (int) '+'),
          Map.entry("equals", (int) '='),
          Map.entry("percnt", (int) '%'),
          Map.entry("Tab", (int) '\t'),
          Map.entry("NewLine", (int) '\n'));

  /** That no octet was looked at ahead. */
  private static final int NONE = -2;

  private final Octets in;
  private final @Nullable Unfolded unfolded;
  private int ahead = NONE;
  private final int[] pending = new int[2 * LONGEST_REFERENCE];
  private int waiting;

  /**
   * The characters of these octets.
   *
   * @param folded whether their lines are, as in a calendar
   */
  Characters(Octets in, boolean folded) {
    this.in = in;
    this.unfolded = folded ? new Unfolded(in) : null;
  }

  private int read() throws IOException {
    int octet = peek();
    ahead = NONE;
    return octet;
  }

  private int peek() throws IOException {
    if (ahead == NONE) {
      ahead = unfolded == null ? in.read() : unfolded.next();
    }
    return ahead;
  }

  /** Passes over octets of which nothing of interest can be made. */
  void skip(boolean[] ofInterest) throws IOException {
    if (waiting > 0 || ahead != NONE) {
      return;
    }
    int available = in.available();
    byte[] octets = in.array();
    int from = in.position();
    int to = from;
    while (to < from + available && !ofInterest[octets[to] & 0xff]) {
      to++;
    }
    in.skip(to - from);
  }

  /** The next character, 0 to 255 and what is beyond, or -1. */
  int next() throws IOException {
    if (waiting > 0) {
      return pending[--waiting];
    }
    int octet = read();
    return octet == '&' ? reference() : octet;
  }

  /** Puts a character back; at most a few in a row. */
  void back(int character) {
    if (character >= 0) {
      pending[waiting++] = character;
    }
  }

  private int reference() throws IOException {
    int[] read = new int[LONGEST_REFERENCE];
    StringBuilder name = new StringBuilder();
    while (name.length() < LONGEST_REFERENCE && isNext(name, peek())) {
      read[name.length()] = read();
      name.append((char) read[name.length()]);
    }
    int value = value(name.toString());
    if (value < 0) { // it stands for itself
      for (int i = name.length() - 1; i >= 0; i--) {
        back(read[i]);
      }
      return '&';
    }
    if (peek() == ';') {
      read();
    }
    return value;
  }

  /** Whether an octet continues this, or begins it; no digit is needed behind a number. */
  private static boolean isNext(StringBuilder name, int octet) {
    if (name.isEmpty() || name.charAt(0) != '#') {
      return octet == '#' ? name.isEmpty() : Character.digit(octet, 36) >= 0;
    }
    boolean hex = name.length() > 1 && (name.charAt(1) | 0x20) == 'x';
    boolean sign = name.length() == 1 && (octet | 0x20) == 'x';
    return sign || Character.digit(octet, hex ? 16 : 10) >= 0;
  }

  private static int value(String name) {
    if (!name.startsWith("#")) {
      return NAMED.getOrDefault(name, -1);
    }
    boolean hex = name.startsWith("x", 1) || name.startsWith("X", 1);
    int value = 0;
    int from = hex ? 2 : 1;
    for (int i = from; i < name.length(); i++) {
      int digit = Character.digit(name.charAt(i), hex ? 16 : 10);
      if (digit < 0) {
        return -1;
      }
      value = Math.min(0x10ffff, value * (hex ? 16 : 10) + digit);
    }
    return name.length() > from ? value : -1;
  }
}
