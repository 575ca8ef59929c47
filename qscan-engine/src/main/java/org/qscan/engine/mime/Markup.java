package org.qscan.engine.mime;

import java.io.IOException;

/**
 * Finds files in HTML, XML and their scripts: in {@code data:} URIs, in text between two tags that
 * is all base64, and, if there is a call of atob(), in base64 in strings, which may be in pieces.
 * Files that a script builds in another way are not found.
 */
final class Markup {

  private static final int LOOKED_AT = 8;

  /** Characters of base64 with blanks between them, as some write it, and prose does not. */
  private static final int FEWEST_IN_WORDS = 400;

  /** Before the data of a URI in base64. */
  private static final String PAYLOAD = "base64,";

  /** What stands between the first quote of a URI's parameters and its data, at most. */
  private static final int LONGEST_PARAMETER = 1 << 16;

  /** Keeps what was escaped from being an end; only the last eight bits are written. */
  private static final int ESCAPED = 1 << 24;

  /** What each word can begin with, as itself or as a reference; and the end of a tag. */
  private static final boolean[] BEGINNINGS = new boolean[256];

  static {
    for (char c : "dDaA&<>".toCharArray()) {
      BEGINNINGS[c] = true;
    }
  }

  private final Characters in;
  private final Sink out;
  private final InlineBase64 inline;
  private final WordMatcher scheme = new WordMatcher("data:");
  private final WordMatcher call = new WordMatcher("atob");
  private final WordMatcher entity =
      new WordMatcher("<!entity"); // without "<" a script could have it
  private final boolean declares;
  private boolean declarations;
  private boolean calls;
  private boolean looks;
  private boolean another; // the scheme of another URI has been met within one

  private Markup(ByteSource in, ByteRange range, boolean folded, boolean declares, Sink out)
      throws IOException {
    in.seek(range.start(), range.end());
    this.declares = declares;
    this.in = new Characters(in, folded, range.length(), out);
    this.out = out;
    this.inline = new InlineBase64(out);
  }

  /** Whether a line begins as those of documents do, and not as one of a picture may by chance. */
  static boolean begins(Lines line) {
    int from = line.indent();
    if (line.at(from) != '<' || line.controls() > 0 || !isOfTag(line.at(from + 1))) {
      return false;
    }
    for (int i = from + 2; i < Math.min(line.held(), from + LOOKED_AT); i++) {
      int c = line.at(i);
      if (!isOfTag(c) && " \t>='\"-:<[&;.".indexOf(c) < 0 && !Character.isDigit(c)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOfTag(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '!' || c == '?' || c == '/';
  }

  /**
   * Decodes what says that it is encoded; first as HTML, where declarations of entities mean
   * nothing, and as XML if there are any: what the one finds must not be lost to the limits of the
   * other.
   *
   * @param folded whether it stands in lines that are folded, as in a calendar
   * @return whether there is text between two tags that looks encoded
   */
  static boolean decode(ByteSource in, ByteRange range, boolean folded, Sink out)
      throws IOException, OverLimitException {
    Markup html = decode(in, range, folded, false, out);
    if (!html.declarations) {
      return html.looks;
    }
    return decode(in, range, folded, true, out).looks || html.looks;
  }

  /**
   * Decodes what is all base64 between two tags, as documents have files. Nobody says that it is
   * one, and so it is a guess.
   */
  static void texts(ByteSource in, ByteRange range, boolean folded, Sink out)
      throws IOException, OverLimitException {
    out.pay(Meter.DECODING + 2 * Meter.SLOW_OCTET * range.length());
    Markup html = new Markup(in, range, folded, false, out);
    html.texts();
    if (html.declarations) {
      out.pay(2 * Meter.SLOW_OCTET * range.length());
      new Markup(in, range, folded, true, out).texts();
    }
  }

  /** Reads it, and once more if there is a call of atob(). */
  private static Markup decode(
      ByteSource in, ByteRange range, boolean folded, boolean declares, Sink out)
      throws IOException, OverLimitException {
    out.pay(Meter.DECODING + 2 * Meter.SLOW_OCTET * range.length());
    Markup markup = new Markup(in, range, folded, declares, out);
    markup.uris();
    if (markup.calls) {
      out.pay(2 * Meter.SLOW_OCTET * range.length());
      new Markup(in, range, folded, declares, out).strings();
    }
    return markup;
  }

  private void uris() throws IOException, OverLimitException {
    for (int c = in.next(); c >= 0; c = first()) {
      boolean another = meetsScheme(c == '>' ? text(false) : c);
      while (another) {
        another = uri();
      }
    }
  }

  /**
   * From behind a tag on: looks whether all is base64 up to the next one. Words with blanks between
   * them are not, unless there are more of them than prose has without a comma or a full stop.
   *
   * @return the first character that is not of it
   */
  private int text(boolean decode) throws IOException, OverLimitException {
    inline.begin();
    int characters = 0;
    StringBuilder first = new StringBuilder(Guess.KNOWN_LENGTH);
    boolean blank = false;
    boolean broken = false;
    boolean words = false;
    int c = in.next();
    for (; (c == '=' && characters > 0) || isOfBase64(c) || isWhite(c); c = in.next()) {
      meetsScheme(c); // it ends with a colon, and so not here
      if (isOfBase64(c)) {
        characters++;
        if (characters <= Guess.KNOWN_LENGTH) {
          first.append((char) c);
        }
        words |= blank;
        blank = false;
        broken = false;
        if (decode) {
          inline.add(c);
        }
      } else if (c == ' ') {
        blank |= characters > 0 && !broken;
      } else if (c != '=') {
        blank = false;
        broken = true;
      }
    }
    int fewest = Guess.isKnown(first) ? InlineBase64.FEWEST : Guess.FEWEST;
    boolean enough = c == '<' && characters >= (words ? FEWEST_IN_WORDS : fewest);
    looks |= enough;
    if (enough && decode) {
      inline.end();
    }
    return c;
  }

  private static boolean isOfBase64(int c) {
    return Base64Reading.value(c) >= 0;
  }

  private static boolean isWhite(int c) {
    return c == ' ' || isBreak(c);
  }

  private void texts() throws IOException, OverLimitException {
    for (int c = in.next(); c >= 0; c = first()) {
      meetsEntity(c);
      while (c == '>') {
        c = text(true);
        meetsEntity(c);
      }
    }
  }

  /** The next character that matters. */
  private int first() throws IOException, OverLimitException {
    if (!scheme.isBegun() && !call.isBegun() && !entity.isBegun()) {
      in.skip(BEGINNINGS);
    }
    return in.next();
  }

  private boolean meetsScheme(int c) throws IOException, OverLimitException {
    calls |= call.endsWith(c);
    meetsEntity(c);
    boolean ignored = scheme.isBegun() && isBreak(c); // no browser minds
    return !ignored && scheme.endsWith(c);
  }

  private void meetsEntity(int c) throws IOException, OverLimitException {
    if (entity.endsWith(c)) {
      declarations = true;
      if (declares) {
        in.declare();
      }
    }
  }

  /** From behind its scheme on; says whether another one has begun in it. */
  private boolean uri() throws IOException, OverLimitException {
    WordMatcher base64 = new WordMatcher("base64");
    boolean saysBase64 = false;
    boolean prose = false;
    int quoted = 0; // characters since the first quote
    int c = in.next();
    for (; c != ',' && !endsHeader(c, quoted); c = in.next()) {
      if (meetsScheme(c)) {
        return true;
      }
      saysBase64 |= c == '%' || (!isBreak(c) && base64.endsWith(c));
      prose |= c == ' ';
      quoted += quoted > 0 || isQuote(c) ? 1 : 0;
    }
    if (c != ',' || (prose && !saysBase64)) {
      return false;
    }
    another = false;
    boolean atQuote = saysBase64 ? base64() : plain();
    while (atQuote && parameter()) {
      atQuote = base64();
    }
    return another;
  }

  /** A quote may end the URI, or be of a parameter before its comma. */
  private static boolean endsHeader(int c, int quoted) {
    return isQuote(c) ? quoted > LONGEST_PARAMETER : isEnd(c);
  }

  private static boolean isEnd(int c) {
    return c < 0 || isQuote(c) || c == '<' || c == '>' || c == ')';
  }

  private static boolean isQuote(int c) {
    return c == '"' || c == '\'' || c == '`';
  }

  private static boolean isBreak(int c) {
    return c == '\t' || c == '\n' || c == '\r';
  }

  /**
   * From behind the comma on. That may have been one of a parameter: behind another word that says
   * so, the data begins anew.
   *
   * @return whether it ends at a quote
   */
  private boolean base64() throws IOException, OverLimitException {
    WordMatcher again = new WordMatcher(PAYLOAD);
    inline.begin();
    int c = escaped();
    for (; !isEnd(c); c = escaped()) {
      inline.add(c & ~ESCAPED);
      if (!isBreak(c) && again.endsWith(c & ~ESCAPED)) {
        inline.end();
        inline.begin();
      }
    }
    inline.end();
    return isQuote(c);
  }

  /** From behind the comma on; says whether it ends at a quote. */
  private boolean plain() throws IOException, OverLimitException {
    WordMatcher base64 = new WordMatcher(PAYLOAD); // the comma was one of a parameter
    out.begin();
    int c = escaped();
    for (; c >= 0 && c != '"' && c != '>'; c = escaped()) {
      if (!isBreak(c)) {
        out.write(c);
      }
      if (meetsScheme(c)) {
        another = true;
        break;
      }
      if (!isBreak(c) && base64.endsWith(c & ~ESCAPED)) {
        out.end();
        return base64();
      }
    }
    out.end();
    return c == '"';
  }

  /**
   * Behind a quote, which may have been one of a parameter: goes to where the data begins, if it is
   * still to come.
   */
  private boolean parameter() throws IOException, OverLimitException {
    WordMatcher payload = new WordMatcher(PAYLOAD);
    for (int i = 0; i < LONGEST_PARAMETER; i++) {
      int c = in.next();
      if (c < 0 || c == '<' || c == '>') {
        in.back(c);
        return false;
      }
      if (meetsScheme(c)) {
        another = true;
        return false;
      }
      if (!isBreak(c) && payload.endsWith(c)) {
        return true;
      }
    }
    return false;
  }

  /** The next character; {@code %41} is one, and never the end. */
  private int escaped() throws IOException, OverLimitException {
    int c = in.next();
    if (c != '%') {
      return c;
    }
    int high = in.next();
    int low = Character.digit(high, 16) < 0 ? -1 : in.next();
    if (Character.digit(low, 16) < 0) {
      in.back(low);
      in.back(high);
      return c;
    }
    return Character.digit(high, 16) << 4 | Character.digit(low, 16) | ESCAPED;
  }

  private void strings() throws IOException, OverLimitException {
    for (int c = in.next(); c >= 0; ) {
      meetsEntity(c);
      c = isQuote(c) ? string(c) : in.next();
    }
  }

  /**
   * From behind an opening quote on, with what is joined to it.
   *
   * @return the first character that is not of it
   */
  private int string(int opening) throws IOException, OverLimitException {
    inline.begin();
    int quoted = opening;
    while (true) {
      int c = in.next();
      while (inline.add(c) || isBreak(c) || c == '\\') {
        c = in.next();
      }
      if (c != quoted) {
        return c; // it was no such string; this may open one
      }
      int joint = solid();
      int next = joint == '+' || joint == ',' ? solid() : joint;
      if (joint == next || !isQuote(next)) {
        inline.end();
        return next;
      }
      quoted = next;
    }
  }

  private int solid() throws IOException, OverLimitException {
    int c = in.next();
    while (c == ' ' || isBreak(c)) {
      c = in.next();
    }
    return c;
  }
}
