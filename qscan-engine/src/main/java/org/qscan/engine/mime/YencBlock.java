package org.qscan.engine.mime;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What stands between a line {@code =ybegin} and a line {@code =yend}.
 *
 * @param range the lines in between
 * @param name the file that it is of, or is a piece of
 * @param number the number of the piece; 0: it does not say that it is one
 * @param begin where in the file the piece begins, from 1; 0: it does not say
 */
record YencBlock(ByteRange range, String name, long number, long begin) {

  private static final int MOST_DIGITS = 15;

  /** A number behind a word in a line of yEnc, or 0. */
  static long number(String line, String word) {
    int at = line.indexOf(word);
    int from = at + word.length();
    int to = from;
    while (at >= 0
        && to < line.length()
        && to < from + MOST_DIGITS
        && line.charAt(to) >= '0'
        && line.charAt(to) <= '9') {
      to++;
    }
    return to > from && at >= 0 ? Long.parseLong(line.substring(from, to)) : 0;
  }

  /**
   * Puts pieces together. Programs go by the number of the piece or by its place in the file, and
   * some take them as they come: each order that differs is one.
   *
   * @param blocks all that a message has
   * @return the pieces of a file, for each file and each order; none for a file of one piece
   */
  static Set<List<YencBlock>> joined(List<YencBlock> blocks) {
    Map<String, List<YencBlock>> files = new LinkedHashMap<>();
    for (YencBlock block : blocks) {
      if (block.number > 0 || block.begin > 0) {
        files.computeIfAbsent(block.name, name -> new ArrayList<>()).add(block);
      }
    }
    Set<List<YencBlock>> joined = new LinkedHashSet<>();
    for (List<YencBlock> pieces : files.values()) {
      if (pieces.size() > 1) {
        joined.add(sorted(pieces, Comparator.comparingLong(YencBlock::number)));
        joined.add(sorted(pieces, Comparator.comparingLong(YencBlock::begin)));
        joined.add(List.copyOf(pieces));
      }
    }
    return joined;
  }

  private static List<YencBlock> sorted(List<YencBlock> pieces, Comparator<YencBlock> order) {
    List<YencBlock> sorted = new ArrayList<>(pieces);
    sorted.sort(order);
    return List.copyOf(sorted);
  }
}
