package org.qscan.engine.mime;

/** Waits for a word, in any case, in what comes character by character. */
final class WordMatcher {

  private final String word;
  private int read;

  /**
   * Waits for a word.
   *
   * @param word in small letters; its first one is in it only once, or it is not found in all
   *     places
   */
  WordMatcher(String word) {
    this.word = word;
  }

  /** Takes a character; says whether the word ends with it. */
  boolean endsWith(int character) {
    int small = character >= 'A' && character <= 'Z' ? character | 0x20 : character;
    read = small == word.charAt(read) ? read + 1 : small == word.charAt(0) ? 1 : 0;
    if (read < word.length()) {
      return false;
    }
    read = 0;
    return true;
  }

  /** Whether some of it has been read. */
  boolean isBegun() {
    return read > 0;
  }

  void forget() {
    read = 0;
  }
}
