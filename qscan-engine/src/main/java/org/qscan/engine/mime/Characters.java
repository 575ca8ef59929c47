package org.qscan.engine.mime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the characters of HTML or XML, one for each octet. A character reference becomes the
 * character that it stands for. Any number of characters can be put back, to be read again.
 */
final class Characters {

  private static final int LONGEST_REFERENCE = 12;

  /** The units for each text that may be a reference. */
  private static final int REFERENCE = 200;

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

  /** Means that no octet was read ahead. */
  private static final int NONE = -2;

  /** Means that the text of a reference is read next. */
  private static final int TEXT = -3;

  private final ByteSource in;
  private final @Nullable UnfoldedLines unfolded;
  private int ahead = NONE;
  private final int[] pending = new int[2 * Entities.LONGEST_NAME];
  private int waiting;
  private final long size;
  private final Sink payer;
  private @Nullable Entities entities;

  /**
   * The characters of these octets.
   *
   * @param folded whether their lines are, as in a calendar
   * @param size how many there are
   * @param payer pays for octets that are read more than once
   */
  Characters(ByteSource in, boolean folded, long size, Sink payer) {
    this.payer = payer;
    this.in = in;
    this.size = size;
    this.unfolded = folded ? new UnfoldedLines(in) : null;
  }

  private int read() throws IOException {
    int octet = peek();
    ahead = NONE;
    return octet;
  }

  private int peek() throws IOException {
    if (ahead == NONE) {
      int octet = entities == null ? -1 : entities.read();
      ahead = octet >= 0 ? octet : unfolded == null ? in.read() : unfolded.next();
    }
    return ahead;
  }

  /** Skips octets that cannot be of interest. */
  void skip(boolean[] ofInterest) throws IOException {
    if (waiting > 0 || ahead != NONE || (entities != null && entities.isReading())) {
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
  int next() throws IOException, OverLimitException {
    if (waiting > 0) {
      return pending[--waiting];
    }
    int character = read();
    while (character == '&') {
      int value = reference();
      if (value != TEXT) {
        return value;
      }
      character = read();
    }
    return character;
  }

  /**
   * From behind {@code <!ENTITY} on: takes in what it declares, and has the text read here as well.
   */
  void declare() throws IOException, OverLimitException {
    Entities declared = entities == null ? new Entities(size, payer) : entities;
    entities = declared;
    int c = solid();
    boolean parameter = c == '%'; // for declarations; nothing in a document refers to it
    c = parameter ? solid() : c;
    StringBuilder name = new StringBuilder();
    for (; c > ' ' && c != '<' && c != '>' && c != '"' && c != '\''; c = read()) {
      if (name.length() <= Entities.LONGEST_NAME) {
        name.append((char) c);
      }
    }
    int quote = c > ' ' ? c : solid();
    if (quote != '"' && quote != '\'') {
      return; // it is in another file
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    int room = declared.room();
    for (c = read(); c >= 0 && c != quote && text.size() < room; c = read()) {
      text.write(c == '&' && peek() == '#' ? reference() : c);
      while (waiting > 0) { // it was no reference
        text.write(pending[--waiting]);
      }
    }
    boolean named = !parameter && !name.isEmpty();
    if (named && c == quote) {
      declared.declare(name.toString(), text.toByteArray());
    } else if (named && c >= 0) {
      declared.declareTooLong(name.toString());
    }
    if (c >= 0) {
      text.write(c);
    }
    declared.open(text.toByteArray());
  }

  private int solid() throws IOException {
    int c = read();
    while (c >= 0 && c <= ' ') {
      c = read();
    }
    return c;
  }

  /** Puts a character back; at most a few in a row. */
  void back(int character) {
    if (character >= 0) {
      pending[waiting++] = character;
    }
  }

  private int reference() throws IOException, OverLimitException {
    payer.pay(REFERENCE);
    int longest = entities == null ? LONGEST_REFERENCE : Entities.LONGEST_NAME;
    StringBuilder name = new StringBuilder();
    while (name.length() < longest && isNext(name, peek())) {
      name.append((char) read());
    }
    if (entities != null && name.indexOf("#") != 0) {
      if (peek() == ';' && entities.open(name.toString())) {
        ahead = NONE;
        return TEXT;
      }
      if (name.length() == longest && isNext(name, peek())) {
        entities.openLong();
      }
    }
    int value = value(name.toString());
    if (value < 0) { // it stands for itself
      for (int i = name.length() - 1; i >= 0; i--) {
        back(name.charAt(i));
      }
      return '&';
    }
    if (peek() == ';') {
      read();
    }
    return value;
  }

  /** Whether an octet continues this, or begins it; no digit is needed behind a number. */
  private boolean isNext(StringBuilder name, int octet) {
    if (name.isEmpty() || name.charAt(0) != '#') {
      boolean letter = Character.digit(octet, 36) >= 0;
      return octet == '#' ? name.isEmpty() : letter || (entities != null && isOfName(octet));
    }
    boolean hex = name.length() > 1 && (name.charAt(1) | 0x20) == 'x';
    boolean sign = name.length() == 1 && (octet | 0x20) == 'x';
    return sign || Character.digit(octet, hex ? 16 : 10) >= 0;
  }

  /** Not a letter or a digit, but in the name of an entity. */
  private static boolean isOfName(int octet) {
    return octet == '-' || octet == '.' || octet == '_' || octet == ':' || octet >= 0x80;
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
