package org.qscan.engine.mime;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * The entities that a document declares itself (XML 1.0, 4.2), and what of their text is to be read
 * next. All of it has limits, for entities of entities are a known bomb; beyond them nobody can say
 * what is in the document.
 */
final class Entities {

  private static final int MOST_TEXT = 1 << 20;
  private static final int FOR_EACH = 64; // of that, at least
  private static final int DEEPEST = 16;
  private static final long LEAST = 1 << 16;

  /** How much is read instead of references, in the document's own size. */
  private static final long MOST_TIMES = 8;

  /** A text, and how much of it has been read. */
  private static final class Reading {
    private final byte[] text;
    private int position;

    Reading(byte[] text) {
      this.text = text;
    }
  }

  private final Map<String, byte[]> texts = new HashMap<>();
  private final Deque<Reading> readings = new ArrayDeque<>();
  private int stored;
  private boolean full;
  private long left;

  /**
   * None yet.
   *
   * @param size of the document
   */
  Entities(long size) {
    this.left = Math.max(LEAST, MOST_TIMES * size);
  }

  /** How long another text may be. */
  int room() {
    return Math.max(0, MOST_TEXT - stored);
  }

  /** Declares one; the first declaration of a name is the one that counts. */
  void declare(String name, byte[] text) {
    if (texts.putIfAbsent(name, text) == null) {
      stored += FOR_EACH + text.length;
    }
  }

  /** There was one that could not be declared. */
  void setFull() {
    full = true;
  }

  /**
   * Reads a text next; false if none was declared by this name.
   *
   * @throws OverLimitException if that cannot be said, or would be too much
   */
  boolean open(String name) throws OverLimitException {
    byte[] text = texts.get(name);
    if (text == null && !full) {
      return false;
    }
    if (text == null || text.length > left || readings.size() >= DEEPEST) {
      throw new OverLimitException(
          "entities that a document declares are more than " + MOST_TIMES + " times its size");
    }
    left -= text.length;
    open(text);
    return true;
  }

  /** Reads this next. */
  void open(byte[] text) {
    readings.push(new Reading(text));
  }

  boolean isReading() {
    return !readings.isEmpty();
  }

  /** The next octet of what is to be read, or -1. */
  int read() {
    for (Reading top = readings.peek(); top != null; top = readings.peek()) {
      if (top.position < top.text.length) {
        return top.text[top.position++] & 0xff;
      }
      readings.pop();
    }
    return -1;
  }
}
