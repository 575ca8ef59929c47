package org.qscan.engine.mime;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The entities that a document declares itself (XML 1.0, 4.2), and the rest of their text that is
 * to be read next. There are limits, because entities of entities are a known bomb; a document
 * beyond the limits cannot be read.
 */
final class Entities {

  /** The longest name that is kept. */
  static final int LONGEST_NAME = 64;

  private static final int MOST_TEXT = 1 << 18; // a heap has to hold it for each reader
  private static final int FOR_EACH = 64; // of that, at least
  private static final int DEEPEST = 16;
  private static final long LEAST = 1 << 16;

  /** How much is read instead of references, or once more, in the document's own size. */
  private static final long MOST_TIMES = 16;

  /** Units for each text that is read, and each octet of it. */
  private static final int OPENING = 200;

  private static final int OCTET = 2 * Meter.SLOW_OCTET;

  /** A text, and how much of it has been read. */
  private static final class Reading {
    private final byte[] text;
    private int position;

    Reading(byte[] text) {
      this.text = text;
    }

    boolean hasEnded() {
      return position == text.length;
    }
  }

  private final Map<String, byte[]> texts = new HashMap<>();
  private final Set<String> unsure = new HashSet<>();
  private final Deque<Reading> readings = new ArrayDeque<>();
  private int stored;
  private boolean full;
  private boolean longNames;
  private final Sink payer;
  private long left;

  /**
   * There are no entities yet.
   *
   * @param size of the document
   * @param payer pays for what is read more than once
   */
  Entities(long size, Sink payer) {
    this.payer = payer;
    this.left = Math.max(LEAST, MOST_TIMES * size);
  }

  /** How long another text may be. */
  int room() {
    return Math.max(0, MOST_TEXT - stored);
  }

  /**
   * Declares one. In XML the first declaration of a name counts, but what looks like the first may
   * stand in a comment: with two texts nobody can be sure.
   */
  void declare(String name, byte[] text) {
    if (hasRoom(name)) {
      byte[] other = texts.putIfAbsent(name, text);
      if (other == null) {
        stored += FOR_EACH + text.length;
      } else if (!Arrays.equals(other, text)) {
        unsure.add(name);
      }
    }
  }

  /** Declares one with a text that is longer than there is room for. */
  void declareTooLong(String name) {
    if (hasRoom(name) && unsure.add(name)) {
      stored += FOR_EACH;
    }
  }

  private boolean hasRoom(String name) {
    if (name.length() > LONGEST_NAME) {
      longNames = true;
      return false;
    }
    full |= room() == 0;
    return !full;
  }

  /**
   * Reads a text next; false if none was declared by this name.
   *
   * @throws OverLimitException if that cannot be said, or would be too much
   */
  boolean open(String name) throws OverLimitException {
    byte[] text = texts.get(name);
    if (full || unsure.contains(name)) {
      throw new OverLimitException(
          "entities that a document declares are longer than " + MOST_TEXT + ", or have two texts");
    }
    if (text == null) {
      return false;
    }
    open(text);
    return true;
  }

  /**
   * A reference to a longer name than is kept.
   *
   * @throws OverLimitException if one was declared
   */
  void openLong() throws OverLimitException {
    if (longNames) {
      throw new OverLimitException(
          "the name of an entity that a document declares is longer than " + LONGEST_NAME);
    }
  }

  /**
   * Reads this next.
   *
   * @throws OverLimitException if that would be too much
   */
  void open(byte[] text) throws OverLimitException {
    payer.pay(OPENING + (long) OCTET * text.length);
    readings.removeIf(Reading::hasEnded);
    int held = text.length;
    for (Reading reading : readings) {
      held += reading.text.length;
    }
    if (text.length > left || held > 2 * MOST_TEXT || readings.size() >= DEEPEST) {
      throw new OverLimitException(
          "entities that a document declares are more than "
              + MOST_TIMES
              + " times its size, longer than "
              + 2 * MOST_TEXT
              + " or deeper than "
              + DEEPEST);
    }
    left -= text.length;
    readings.push(new Reading(text));
  }

  boolean isReading() {
    return !readings.isEmpty();
  }

  /** The next octet of what is to be read, or -1. */
  int read() {
    for (Reading top = readings.peek(); top != null; top = readings.peek()) {
      if (!top.hasEnded()) {
        return top.text[top.position++] & 0xff;
      }
      readings.pop();
    }
    return -1;
  }
}
