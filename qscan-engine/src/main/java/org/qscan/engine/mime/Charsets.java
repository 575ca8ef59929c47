package org.qscan.engine.mime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Decodes text in which ASCII does not look like ASCII: UTF-16, UTF-7, EBCDIC, and all others that
 * the virtual machine knows. Each character becomes one octet, so that something encoded in the
 * text can be found.
 */
final class Charsets {

  /** The name for UTF-7, which the virtual machine does not know. */
  static final String UTF_7 = "utf7";

  /**
   * The name for all encodings of ISO/IEC 2022, in which a switch from ASCII to ASCII can be
   * anywhere.
   */
  static final String ISO_2022 = "iso2022";

  private static final String KEY = "charset";
  private static final String PROBE = "Az09+/=\n";
  private static final int LOOKED_AT = 8;
  private static final int ESCAPE = 0x1b;
  private static final int SHIFT_OUT = 0x0e;
  private static final int SHIFT_IN = 0x0f;
  private static final int LONGEST_NAME = 40;

  /** How many unknown names may be asked for one by one; the table costs as much as hundreds. */
  private static final int FEW = 100;

  private static final AtomicInteger UNKNOWN = new AtomicInteger();

  /**
   * The beginnings of names, without punctuation, of charsets that do not change ASCII. Nearly all
   * mail has one of these.
   */
  private static final List<String> USUAL =
      List.of("utf8", "usascii", "ascii", "iso88", "windows125", "cp125", "koi8", "gb", "big5");

  private Charsets() {}

  /**
   * Adds the charsets that a field names, if ASCII does not look like ASCII in them.
   *
   * @param text of the field, in small letters
   * @param meter pays for it
   */
  static void collect(String text, Set<String> charsets, Meter meter) throws OverLimitException {
    for (int at = text.indexOf(KEY); at >= 0; at = text.indexOf(KEY, at + KEY.length())) {
      meter.pay(Meter.CANDIDATE);
      add(name(text, at + KEY.length()), charsets, meter);
    }
  }

  /**
   * The charset with a name; null if there is none. If the virtual machine is asked for an unknown
   * charset, it searches all providers, also in the class path, which takes a tenth of a
   * millisecond. So it is asked only for the first few names in a process, which is enough for most
   * processes. After that, a table of all its charsets is used.
   *
   * @param meter pays for it
   */
  static @Nullable Charset named(String name, Meter meter) throws OverLimitException {
    if (name.isEmpty() || name.length() > LONGEST_NAME || !isLegal(name)) {
      return null;
    }
    meter.pay(Meter.CHARSET);
    if (UNKNOWN.get() >= FEW) {
      return AvailableCharsets.BY_NAME.get(name.toLowerCase(Locale.ROOT));
    }
    try {
      return Charset.forName(name);
    } catch (IllegalArgumentException e) {
      UNKNOWN.incrementAndGet();
      return null;
    }
  }

  /** All charsets of the virtual machine; to list them takes about 50 ms, once. */
  private static final class AvailableCharsets {
    static final Map<String, Charset> BY_NAME = byName();

    private static Map<String, Charset> byName() {
      Map<String, Charset> all = new HashMap<>();
      for (Charset charset : Charset.availableCharsets().values()) {
        for (String alias : charset.aliases()) {
          all.putIfAbsent(alias.toLowerCase(Locale.ROOT), charset);
        }
      }
      for (Charset charset : Charset.availableCharsets().values()) {
        all.put(charset.name().toLowerCase(Locale.ROOT), charset);
      }
      return all;
    }
  }

  private static boolean isLegal(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!letter && (i == 0 || "-+._:".indexOf(c) < 0)) {
        return false;
      }
    }
    return true;
  }

  private static String name(String text, int behindKey) {
    int from = behindKey;
    while (from < text.length() && !Character.isLetterOrDigit(text.charAt(from))) {
      from++;
    }
    int to = from;
    while (to < text.length() && to - from < LONGEST_NAME && isOfName(text.charAt(to))) {
      to++;
    }
    return text.substring(from, to);
  }

  private static boolean isOfName(char c) {
    return Character.isLetterOrDigit(c) || c == '-' || c == '_';
  }

  private static void add(String name, Set<String> charsets, Meter meter)
      throws OverLimitException {
    String letters = Part.letters(name, LONGEST_NAME);
    for (String usual : USUAL) {
      if (letters.startsWith(usual)) {
        return;
      }
    }
    if (letters.endsWith(UTF_7)) {
      charsets.add(UTF_7);
    } else if (letters.startsWith(ISO_2022)) {
      charsets.add(ISO_2022);
    } else if (letters.startsWith("utf16") || letters.startsWith("unicode")) {
      charsets.add("UTF-16LE");
      charsets.add("UTF-16BE");
    } else if (changesAscii(name, meter)) {
      charsets.add(name);
    }
  }

  private static boolean changesAscii(String name, Meter meter) throws OverLimitException {
    Charset charset = named(name, meter);
    byte[] probe = PROBE.getBytes(StandardCharsets.US_ASCII);
    return charset != null && !new String(probe, charset).equals(PROBE);
  }

  /**
   * The charset that octets look like: UTF-16 by its mark, or because every other octet is NUL.
   *
   * @param start where they begin
   */
  static @Nullable String look(ByteSource in, long start, long end) throws IOException {
    in.seek(start, Math.min(end, start + LOOKED_AT));
    int[] first = new int[LOOKED_AT];
    for (int i = 0; i < LOOKED_AT; i++) {
      first[i] = in.read();
    }
    if ((first[0] == 0xff && first[1] == 0xfe) || isText(first, 0)) {
      return "UTF-16LE";
    }
    if ((first[0] == 0xfe && first[1] == 0xff) || isText(first, 1)) {
      return "UTF-16BE";
    }
    return null;
  }

  /** Whether every other octet is a character of ASCII, from this one on, and the others NUL. */
  private static boolean isText(int[] octets, int from) {
    for (int i = 0; i < LOOKED_AT; i += 2) {
      int c = octets[i + from];
      boolean text = (c >= ' ' && c < 127) || c == '\t' || c == '\r' || c == '\n';
      if (!text || octets[i + 1 - from] != 0) {
        return false;
      }
    }
    return true;
  }

  static void decode(ByteSource in, ByteRange range, String charset, DecodedParts out)
      throws IOException, OverLimitException {
    in.seek(range.start(), range.end());
    if (charset.equals(UTF_7)) {
      utf7(in, out);
      return;
    }
    if (charset.equals(ISO_2022)) {
      unswitched(in, out);
      return;
    }
    CharsetDecoder decoder =
        Charset.forName(charset)
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    ByteBuffer octets = ByteBuffer.allocate(4096);
    CharBuffer characters = CharBuffer.allocate(4096);
    boolean end = false;
    while (!end) {
      int n = Math.min(in.available(), octets.remaining());
      octets.put(in.array(), in.position(), n);
      in.skip(n);
      end = n == 0;
      octets.flip();
      CoderResult result = CoderResult.OVERFLOW;
      while (result.isOverflow()) {
        result = decoder.decode(octets, characters, end);
        write(characters, out);
      }
      octets.compact();
    }
    decoder.flush(characters);
    write(characters, out);
  }

  private static void write(CharBuffer characters, DecodedParts out)
      throws IOException, OverLimitException {
    characters.flip();
    while (characters.hasRemaining()) {
      write(characters.get(), out);
    }
    characters.clear();
  }

  private static void write(int c, DecodedParts out) throws IOException, OverLimitException {
    if (c != 0xfeff) { // the mark is no text
      out.write(c < 256 ? c : '?');
    }
  }

  /** Leaves out shifts and the escapes that call character sets, RFC 1468 and RFC 1557. */
  private static void unswitched(ByteSource in, DecodedParts out)
      throws IOException, OverLimitException {
    for (int octet = in.read(); octet >= 0; octet = in.read()) {
      if (octet == ESCAPE) {
        int next = in.read();
        while (next >= ' ' && next < '0') {
          next = in.read();
        }
      } else if (octet != SHIFT_OUT && octet != SHIFT_IN) {
        out.write(octet);
      }
    }
  }

  /** RFC 2152: base64 of UTF-16 between a plus and whatever is not base64. */
  private static void utf7(ByteSource in, DecodedParts out) throws IOException, OverLimitException {
    boolean shifted = false;
    int bits = 0;
    int count = 0;
    for (int octet = in.read(); octet >= 0; octet = in.read()) {
      int value = Base64Reading.value(octet);
      if (shifted && value >= 0) {
        bits = bits << 6 | value;
        count += 6;
        if (count >= 16) {
          count -= 16;
          write(bits >> count & 0xffff, out);
        }
      } else if (shifted) {
        shifted = false;
        if (octet != '-') {
          out.write(octet);
        }
      } else if (octet == '+' && in.peek() == '-') {
        in.read();
        out.write('+');
      } else if (octet == '+') {
        shifted = true;
        bits = 0;
        count = 0;
      } else {
        out.write(octet);
      }
    }
  }
}
