package org.qscan.engine.mime;

import java.io.IOException;

/**
 * Decodes base64 that comes character by character from a script, a calendar or a URI, and keeps it
 * if there is enough of it.
 */
final class InlineBase64 {

  /** Shorter ones are words. */
  static final int FEWEST = 24;

  private final Sink out;
  private int bits;
  private int places;
  private long characters;

  InlineBase64(Sink out) {
    this.out = out;
  }

  void begin() throws IOException {
    out.begin();
    characters = 0;
    places = 0;
  }

  /**
   * Takes a character.
   *
   * @return whether it may be one of base64, or of the padding behind it
   */
  boolean add(int character) throws IOException, OverLimitException {
    if (character == '=') {
      return characters > 0;
    }
    int value = Base64Reading.value(character);
    if (value < 0) {
      return false;
    }
    bits = bits << 6 | value;
    characters++;
    if (++places == 4) {
      flush();
    }
    return true;
  }

  /** Ends it; it is forgotten if it was short. */
  void end() throws IOException, OverLimitException {
    flush();
    if (characters >= FEWEST) {
      out.end();
    }
  }

  private void flush() throws IOException, OverLimitException {
    int whole = bits << (6 * (4 - places));
    for (int i = 0; i < places - 1; i++) {
      out.write(whole >> (16 - 8 * i));
    }
    places = 0;
    bits = 0;
  }
}
